import { describe, expect, it } from 'vitest';
import { declaration, gatesOf, newDraft } from './draft';

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
