import { describe, expect, it } from 'vitest';
import { diversion, OPEN } from '../state/rows.fixture';
import {
  alsoAt,
  awaitsHospital,
  reportsOn,
  reviewOverdue,
  runningAt,
  shouldPhone,
  undoLeft,
} from './episode';

const T0 = Date.parse('2026-10-03T12:00:00.000Z');

describe('episode', () => {
  it('lists the own declarations only, oldest first', () => {
    const rows = [
      diversion({ id: 'b', declared_at: '2026-10-03T12:10:00.000Z' }),
      diversion({ id: 'a' }),
      diversion({ id: 'x', site_id: 'delta' }),
    ];
    expect(runningAt(rows, 'saint-jean').map((one) => one.id)).toEqual(['a', 'b']);
  });

  it('asks to phone when the 112 centre has not seen it for a minute', () => {
    expect(shouldPhone(diversion(), T0 + 59_999)).toBe(false);
    expect(shouldPhone(diversion(), T0 + 60_000)).toBe(true);
    expect(shouldPhone(diversion({ seen_at: '2026-10-03T12:00:20.000Z' }), T0 + 90_000)).toBe(
      false,
    );
  });

  it('counts the undo down on the time of the record, to nothing and not below', () => {
    expect(undoLeft('2026-10-03T12:00:00.000Z', 30, T0 + 12_000)).toBe(18_000);
    expect(undoLeft('2026-10-03T12:00:00.000Z', 30, T0 + 31_000)).toBe(0);
  });

  it('knows an overdue confirmation', () => {
    expect(reviewOverdue(diversion(), T0 + 3_600_000)).toBe(true);
    expect(reviewOverdue(diversion(), T0 + 3_599_999)).toBe(false);
  });
});

describe('what dispatch said for a hospital', () => {
  const forThem = { kind: 'user', name: 'Dina', role: 'dispatcher' } as const;

  it('waits for the hospital until it confirms', () => {
    expect(awaitsHospital(diversion({ declared_by: forThem }))).toBe(true);
    expect(awaitsHospital(diversion())).toBe(false);
    const confirmed_at = '2026-10-03T12:05:00.000Z';
    expect(awaitsHospital(diversion({ declared_by: forThem, confirmed_at }))).toBe(false);
  });
});

describe('a picture of more than one voice', () => {
  it('names the other sites of one failure', () => {
    const rows = [
      diversion({ id: 'a', incident: 'i' }),
      diversion({ id: 'b', incident: 'i', site_id: 'delta' }),
      diversion({ id: 'c', site_id: 'saint-luc' }),
    ];
    expect(alsoAt(rows[0] as never, rows)).toEqual(['delta']);
    expect(alsoAt(rows[2] as never, rows)).toEqual([]);
  });

  it('tells who contradicts whom about a gate', () => {
    const reports = [
      { by: 'switchboard', value: 'open', text: null },
      { by: 'press', value: null, text: 'walk-ins sent away' },
    ];
    const row = diversion({ disputes: [{ gate: 'walk_ins', reports }] });
    const gates = { ...OPEN, walk_ins: { ...OPEN.walk_ins, disputed: ['d1'] } };
    expect(reportsOn({ gates }, 'walk_ins', [row])).toEqual(reports);
    expect(reportsOn({ gates: OPEN }, 'walk_ins', [row])).toEqual([]);
  });

  it('is unconfirmed as soon as the confirmation is due, and stays so as the server says', () => {
    const row = diversion({ unconfirmed_since: '2026-10-03T13:00:00.000Z' });
    expect(reviewOverdue(row, T0)).toBe(true);
  });
});
