import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../api/wire';
import { alarms } from './alarm';
import { Bell } from './bell.svelte';
import { notice } from './notice.fixture';

const NOW = Date.parse('2026-10-03T12:00:10.000Z');
const ringing = (...rows: Parameters<typeof notice>[0][]) =>
  alarms(rows.map(notice), 'live', 60_000, NOW);
const left = (kind: FeedEvent['kind']) => ({
  kind,
  changes: [{ kind: 'notice' as const, id: 'n1', version: 2, state: null }],
});

describe('a patient whose row leaves', () => {
  it('is told with the reason of the event that took it away', () => {
    const bell = new Bell();
    bell.see([notice()], NOW);
    bell.hear(left('transport.arrived'));
    bell.see([], NOW + 1_000);
    expect(bell.departed).toMatchObject([{ gone: 'arrived', at: NOW + 1_000 }]);
    expect(bell.ring([], NOW + 1_000)).toBeNull();
  });

  it('rings one pulse, once, when the transport was cancelled', () => {
    const bell = new Bell();
    bell.see([notice({ state: 'acknowledged' })], NOW);
    bell.hear(left('transport.cancelled'));
    bell.see([], NOW);
    expect(bell.ring([], NOW)).toBe(3);
    expect(bell.ring([], NOW + 1_000)).toBeNull();
  });

  it('is not missed by a snapshot that brought no event', () => {
    const bell = new Bell();
    bell.see([notice()], NOW);
    bell.see([], NOW);
    expect(bell.departed[0]?.gone).toBe('ended');
  });

  it('is let go when it had already been withdrawn before our eyes', () => {
    const bell = new Bell();
    bell.see([notice({ state: 'withdrawn' })], NOW);
    bell.see([], NOW);
    expect(bell.departed).toEqual([]);
  });
});

describe('the sound', () => {
  it('repeats a routine patient every 20 s and a critical one every 10 s until nobody waits', () => {
    const bell = new Bell();
    expect(bell.ring(ringing({}), NOW)).toBe(2);
    expect(bell.ring(ringing({}), NOW + 19_000)).toBeNull();
    expect(bell.ring(ringing({}), NOW + 20_000)).toBe(2);
    const vital = ringing({ id: 'n2', urgency: 'vital' });
    expect(bell.ring(vital, NOW + 21_000)).toBe(1);
    expect(bell.ring(vital, NOW + 31_000)).toBe(1);
    expect(bell.ring([], NOW + 45_000)).toBeNull();
  });
});

describe('the voice', () => {
  it('speaks a critical patient once, and never a routine one', () => {
    const bell = new Bell();
    const both = ringing({ id: 'routine' }, { id: 'vital', urgency: 'vital' });
    expect(bell.speak(both)).toEqual(['vital']);
    expect(bell.speak(both)).toEqual([]);
  });
});
