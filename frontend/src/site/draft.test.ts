import { describe, expect, it } from 'vitest';
import { diversion, service } from '../state/rows.fixture';
import { amendment, declaration, draftOf, gatesOf, loosens, newDraft } from './draft';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const BASE = { smur_base: true };
const NO_BASE = { smur_base: false };
const UNKNOWN_BASE = { smur_base: null };

describe('declaration', () => {
  it('by default stops all ambulances and SMUR patients, and leaves walk-ins and the base alone', () => {
    expect(declaration(newDraft(), BASE, NOW)).toMatchObject({
      cause: 'it_outage',
      state: 'active',
      gates: {
        ambulances: 'closed',
        smur_destination: 'closed',
        smur_base: 'available',
        walk_ins: 'open',
      },
      expected_end: null,
    });
  });

  it('by default says nothing about plan, contact and authority, and tells the cause', () => {
    expect(declaration(newDraft(), BASE, NOW)).toMatchObject({
      cause_embargoed: false,
      emergency_plan: null,
      contact: null,
      authoriser: null,
      accepts: [],
    });
  });

  it('lets SMUR patients follow the ambulances until somebody chooses otherwise', () => {
    const draft = { ...newDraft(), intake: 'life_threatening' as const };
    expect(gatesOf(draft, BASE).smur_destination).toBe('life_threatening');
    expect(gatesOf({ ...draft, smur: 'open' }, BASE).smur_destination).toBe('open');
  });

  it('says nothing about a base that does not exist, but offers one that is not established', () => {
    expect(gatesOf(newDraft(), NO_BASE).smur_base).toBeNull();
    expect(gatesOf(newDraft(), UNKNOWN_BASE).smur_base).toBe('available');
  });

  it('closes nothing while a failure is only suspected', () => {
    const draft = { ...newDraft(), intake: 'suspected' as const };
    const said = declaration({ ...draft, capabilities: { stroke: 'closed' } }, BASE, NOW);
    expect(said.state).toBe('suspected');
    expect(Object.values(said.gates)).toEqual([null, null, null, null]);
    expect(said.closed_capabilities).toEqual([]);
  });

  it('counts the expected end from now', () => {
    const ends = { at: null, inHours: 4 };
    expect(declaration({ ...newDraft(), ends }, BASE, NOW).expected_end).toBe(
      '2026-10-03T16:00:00.000Z',
    );
  });

  it('never closes and accepts one capability at once', () => {
    const capabilities = { stroke: 'closed', maternity: 'accepted' } as const;
    expect(declaration({ ...newDraft(), capabilities }, BASE, NOW)).toMatchObject({
      closed_capabilities: ['stroke'],
      accepts: ['maternity'],
    });
  });

  it('tells when a service is expected back and a note, unless it works', () => {
    const expected = { at: null, inHours: 2 };
    const services = {
      records: { level: 'down', expected, note: ' paper ' },
      phones: { level: 'normal', expected, note: 'x' },
    } as const;
    expect(declaration({ ...newDraft(), services }, BASE, NOW).services).toEqual({
      records: { level: 'down', expected_at: '2026-10-03T14:00:00.000Z', note: 'paper' },
      phones: { level: 'normal', expected_at: null, note: null },
    });
  });
});

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
