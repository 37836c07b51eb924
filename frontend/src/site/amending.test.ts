import { describe, expect, it } from 'vitest';
import { diversion, service } from '../state/rows.fixture';
import { amendment, loosens } from './amending';
import { draftOf } from './draft';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const BASE = { smur_base: true };

describe('amendment', () => {
  const was = diversion({
    comment: 'network room',
    expected_end: '2026-10-03T18:00:00.000Z',
    accepts: ['maternity'],
    services: {
      records: service('down', { expected_at: '2026-10-03T14:00:00.000Z', note: 'vendor' }),
      phones: service('manual'),
    },
  });

  it('says nothing when nothing was changed', () => {
    expect(amendment(draftOf(was), was, BASE, NOW)).toEqual({});
  });

  it('says only the service that changed, so that others keep theirs', () => {
    const draft = draftOf(was);
    if (draft.services.records) draft.services.records.level = 'degraded';
    expect(amendment(draft, was, BASE, NOW)).toEqual({
      services: {
        records: { level: 'degraded', expected_at: '2026-10-03T14:00:00.000Z', note: 'vendor' },
      },
    });
  });

  it('takes back an expected end and a contact that no longer hold', () => {
    const draft = { ...draftOf(diversion({ ...was, contact: '02 000' })), contact: '' };
    draft.ends = { at: null, inHours: null };
    expect(amendment(draft, { ...was, contact: '02 000' }, BASE, NOW)).toEqual({
      contact: null,
      expected_end: null,
    });
  });

  it('keeps the cause from the public, and says who decided', () => {
    const draft = { ...draftOf(was), embargoed: true, authoriser: 'Dr Peeters', plan: true };
    expect(amendment(draft, was, BASE, NOW)).toEqual({
      cause_embargoed: true,
      authoriser: 'Dr Peeters',
      emergency_plan: true,
    });
  });

  it('makes a suspicion real when a gate is closed', () => {
    const suspected = diversion({
      state: 'suspected',
      gates: { ambulances: null, smur_destination: null, smur_base: null, walk_ins: null },
    });
    const said = amendment({ ...draftOf(suspected), intake: 'closed' }, suspected, BASE, NOW);
    expect(said).toMatchObject({
      state: 'active',
      gates: { ambulances: 'closed', smur_destination: 'closed' },
    });
  });

  it('takes a reopening back when it is tightened, and leaves it reopening when it is loosened', () => {
    const reopening = diversion({
      state: 'recovering',
      gates: {
        ambulances: 'life_threatening',
        smur_destination: 'closed',
        smur_base: null,
        walk_ins: 'open',
      },
    });
    const draft = draftOf(reopening);
    expect(amendment({ ...draft, intake: 'closed' }, reopening, BASE, NOW).state).toBe('active');
    const looser = amendment({ ...draft, intake: 'open' }, reopening, BASE, NOW);
    expect(looser.gates?.ambulances).toBe('open');
    expect(looser.state).toBeUndefined();
  });
});

describe('a change that admits patients again', () => {
  const was = diversion({ closed_capabilities: ['stroke'], accepts: ['maternity'] });

  it('is one that makes any gate milder', () => {
    expect(loosens({ gates: { ambulances: 'life_threatening' } }, was)).toBe(true);
    expect(loosens({ gates: { ambulances: 'closed', walk_ins: 'closed' } }, was)).toBe(false);
    expect(loosens({ gates: { ambulances: null } }, was)).toBe(true);
  });

  it('is one that reopens a capability or accepts one more', () => {
    expect(loosens({ closed_capabilities: [] }, was)).toBe(true);
    expect(loosens({ closed_capabilities: ['stroke', 'trauma'] }, was)).toBe(false);
    expect(loosens({ accepts: ['maternity', 'burns'] }, was)).toBe(true);
    expect(loosens({ accepts: [] }, was)).toBe(false);
    const open = { ...was.gates, ambulances: 'open', smur_destination: 'open' } as const;
    expect(loosens({ accepts: ['burns'] }, diversion({ gates: open }))).toBe(false);
  });

  it('is none that speaks of words, services or causes', () => {
    expect(loosens({ comment: 'x', services: { records: { level: 'normal' } } }, was)).toBe(false);
  });
});
