import { describe, expect, it } from 'vitest';
import { declaration, newDraft } from './draft';
import { commonKind, incident, type SharedDraft } from './incident';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const SITES = new Map([
  ['a', { smur_base: true }],
  ['b', { smur_base: true }],
  ['c', { smur_base: false }],
]);
const said = (shared: Partial<SharedDraft>, draft = newDraft()) =>
  incident(
    { campuses: {}, kind: 'hospital', name: ' HIS ', ...shared },
    'a',
    draft,
    declaration(draft, { smur_base: true }, NOW),
    SITES,
  );

describe('one failure at several campuses', () => {
  it('says the same of each, this one included', () => {
    const form = said({ campuses: { b: null } });
    expect(form).toMatchObject({ kind: 'hospital', name: 'HIS', sites: ['a', 'b'] });
    expect(form.differences).toEqual({});
    expect(form.declaration.gates?.ambulances).toBe('closed');
  });

  it('tells all gates of a campus whose ambulances differ, SMUR patients following them', () => {
    const form = said({ campuses: { b: 'life_threatening' } });
    expect(form.differences?.b?.gates).toEqual({
      ambulances: 'life_threatening',
      smur_destination: 'life_threatening',
      smur_base: 'available',
      walk_ins: 'open',
    });
  });

  it('says nothing of a team that a campus does not have', () => {
    expect(said({ campuses: { c: null } }).differences?.c?.gates?.smur_base).toBeNull();
  });

  it('may be a suspicion here and a failure there', () => {
    const form = said({ campuses: { b: 'closed' } }, { ...newDraft(), intake: 'suspected' });
    expect(form.declaration.state).toBe('suspected');
    expect(form.differences?.b).toMatchObject({ state: 'active', gates: { ambulances: 'closed' } });
  });

  it('is named after what the campuses have in common', () => {
    const site = (id: string, network: string | null) => ({
      hospital: { id, name: { fr: id, nl: id } },
      network,
    });
    expect(commonKind([site('his', 'x'), site('his', 'x')])).toBe('hospital');
    expect(commonKind([site('his', 'x'), site('chu', 'x')])).toBe('network');
    expect(commonKind([site('his', null), site('chu', null)])).toBe('supplier');
  });
});
