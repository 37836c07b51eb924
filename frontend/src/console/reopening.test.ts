import { describe, expect, it } from 'vitest';
import type { Diversion, Reopening } from '../api/wire';
import { gate } from '../state/rows.fixture';
import { affectedGroups, rowsInOrder } from './affected';
import { at, diversion, picture, site, transport } from './picture.fixture';
import { changeBy } from './reopening';

const CHECKLIST = {
  records: 'works',
  laboratory: 'works',
  radiology: 'works',
  admissions: 'works',
} as const;
const asked = (more: Partial<Reopening>): Reopening => ({
  extent: 'partial',
  checklist: CHECKLIST,
  changes: {},
  comment: '',
  asked_at: at(0),
  asked_by: 'Clara',
  ...more,
});
const closed = site('old', {
  condition: 'diverted',
  gates: { ...site('old').gates, ambulances: gate('closed' as const, 'd') },
  closed_capabilities: { ct: ['d'] },
});
const affected = { affected_since: at(1) };
const patients = [
  transport('vital', 'old', { ...affected, urgency: 'vital' }),
  transport('urgent', 'old', affected),
  transport('birth', 'old', { ...affected, needs: ['maternity'] }),
  transport('elsewhere', 'new', affected),
];

function change(episode: Diversion, others: Diversion[] = []) {
  const rows = rowsInOrder(affectedGroups(picture({ transports: patients }), 240));
  const found = changeBy(episode, closed, [episode, ...others], rows);
  return { ...found, frees: found.frees.map((row) => row.id).sort() };
}

const closing = (more: Partial<Diversion>) =>
  diversion('d', 'old', { closed_capabilities: ['ct'], ...more });

describe('what a reopening would change', () => {
  it('a full one opens every gate and frees everybody bound there', () => {
    expect(change(closing({ reopening: asked({ extent: 'full' }) }))).toEqual({
      steps: [{ gate: 'ambulances', before: 'closed', after: 'open' }],
      opens: ['ct'],
      frees: ['birth', 'urgent', 'vital'],
    });
  });

  it('a partial one frees only whom it would admit', () => {
    const wish = asked({
      changes: { gates: { ambulances: 'life_threatening' }, accepts: ['maternity'] },
    });
    expect(change(closing({ reopening: wish }))).toEqual({
      steps: [{ gate: 'ambulances', before: 'closed', after: 'life_threatening' }],
      opens: [],
      frees: ['birth', 'vital'],
    });
  });

  it('another declaration that keeps the site closed frees nobody', () => {
    const other = diversion('other', 'old');
    expect(change(closing({ reopening: asked({ extent: 'full' }) }), [other])).toEqual({
      steps: [],
      opens: ['ct'],
      frees: [],
    });
  });

  it('one that is suspended restricts nothing meanwhile', () => {
    const other = diversion('other', 'old', { suspended_until: at(9999) });
    expect(change(closing({ reopening: asked({ extent: 'full' }) }), [other]).frees).toHaveLength(
      3,
    );
  });

  it('an exception counts only if every declaration makes it', () => {
    const wish = asked({
      changes: { gates: { ambulances: 'life_threatening' }, accepts: ['maternity'] },
    });
    const gates = {
      ambulances: 'life_threatening',
      smur_destination: null,
      smur_base: null,
      walk_ins: null,
    } as const;
    const other = diversion('other', 'old', { gates });
    expect(change(closing({ reopening: wish }), [other]).frees).toEqual(['vital']);
  });
});
