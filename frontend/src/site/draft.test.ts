import { describe, expect, it } from 'vitest';
import { diversion, service } from '../state/rows.fixture';
import { amendment, declaration, draftOf, gatesOf, newDraft } from './draft';

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
    const said = declaration({ ...newDraft(), intake: 'suspected', closed: ['stroke'] }, BASE, NOW);
    expect(said.state).toBe('suspected');
    expect(Object.values(said.gates)).toEqual([null, null, null, null]);
    expect(said.closed_capabilities).toEqual([]);
  });

  it('counts the expected end from now', () => {
    expect(declaration({ ...newDraft(), endsInHours: 4 }, BASE, NOW).expected_end).toBe(
      '2026-10-03T16:00:00.000Z',
    );
  });
});

describe('amendment', () => {
  const was = diversion({
    comment: 'network room',
    services: { records: service('down'), phones: service('manual') },
  });

  it('says nothing when nothing was changed', () => {
    expect(amendment(draftOf(was), was, BASE, NOW)).toEqual({});
  });

  it('says only the service that changed, so that others keep theirs', () => {
    const draft = draftOf(was);
    draft.services = { ...draft.services, records: 'degraded' };
    expect(amendment(draft, was, BASE, NOW)).toEqual({
      services: { records: { level: 'degraded' } },
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
