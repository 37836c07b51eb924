import { describe, expect, it } from 'vitest';
import { beat, beginPulse, freshness, lapse, type Pulse } from './freshness';

const at = (ms: number) => ({ wall: 1_000_000 + ms, steady: ms });
const fresh = (): Pulse => beat(beginPulse(at(0)), 'snapshot', at(0));

describe('freshness', () => {
  it('is connecting until a snapshot, whatever else arrives', () => {
    let pulse = beginPulse(at(0));
    for (const frame of ['hello', 'tick', 'positions', 'events'] as const) {
      pulse = beat(pulse, frame, at(100));
      expect(freshness(pulse, at(200))).toBe('connecting');
    }
    expect(freshness(beat(pulse, 'snapshot', at(300)), at(300))).toBe('live');
  });

  it('is offline when nothing at all came for 30 s after opening the page', () => {
    expect(freshness(beginPulse(at(0)), at(30_001))).toBe('offline');
  });

  it('is live under 10 s, delayed to 30 s, offline after', () => {
    expect(freshness(fresh(), at(9_999))).toBe('live');
    expect(freshness(fresh(), at(10_000))).toBe('delayed');
    expect(freshness(fresh(), at(30_000))).toBe('delayed');
    expect(freshness(fresh(), at(30_001))).toBe('offline');
  });

  it('a tick keeps a complete picture live', () => {
    expect(freshness(beat(fresh(), 'tick', at(9_000)), at(15_000))).toBe('live');
  });

  it('after offline, ticks, hellos and positions do not make it live again', () => {
    let pulse = fresh();
    for (const frame of ['hello', 'tick', 'positions'] as const)
      pulse = beat(pulse, frame, at(40_000));
    expect(freshness(pulse, at(40_001))).toBe('offline');
  });

  it('after offline, a snapshot or events frame makes it live again', () => {
    for (const frame of ['snapshot', 'events'] as const) {
      const pulse = beat(beat(fresh(), 'tick', at(40_000)), frame, at(40_100));
      expect(freshness(pulse, at(40_200))).toBe('live');
    }
  });

  it('a goodbye is not a sign of life', () => {
    expect(freshness(beat(fresh(), 'bye', at(9_000)), at(12_000))).toBe('delayed');
  });

  it('sleep is noticed although the steady clock stood still', () => {
    const woken = { wall: 1_000_000 + 3_600_000, steady: 500 };
    expect(freshness(fresh(), woken)).toBe('offline');
    expect(freshness(beat(fresh(), 'tick', woken), woken)).toBe('offline');
  });

  it('a wall clock set back cannot make old data fresh', () => {
    expect(freshness(fresh(), { wall: 0, steady: 31_000 })).toBe('offline');
  });

  it('the lapse is remembered once seen', () => {
    const lapsed = lapse(fresh(), at(31_000));
    expect(lapsed.lapsed).toBe(true);
    expect(lapse(fresh(), at(29_000)).lapsed).toBe(false);
  });
});
