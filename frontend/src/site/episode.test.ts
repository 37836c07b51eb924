import { describe, expect, it } from 'vitest';
import { diversion } from '../state/rows.fixture';
import { reviewOverdue, runningAt, shouldPhone, undoLeft } from './episode';

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
