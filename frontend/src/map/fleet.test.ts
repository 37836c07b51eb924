import { describe, expect, it } from 'vitest';
import type { Position, Redirect, Transport } from '../api/wire';
import { advance, frameInterval, GLIDE_MS, moving, pointAt, type Track, toneOf } from './fleet';

const T0 = Date.parse('2026-01-05T10:00:00.000Z');
const iso = (s: number) => new Date(T0 + s * 1000).toISOString();
const report = (lat: number, lon: number, s: number): Position => ['v', lat, lon, iso(s), 90, 14];

const transport: Transport = {
  id: 't',
  ref: null,
  vehicle_id: 'v',
  destination_id: 'saint-pierre',
  ordered_destination_id: null,
  mass_casualty_id: null,
  urgency: 'urgent',
  needs: [],
  age_band: 'adult',
  sex: 'unknown',
  physician_on_board: false,
  state: 'under_way',
  eta_at: null,
  opened_at: iso(-60),
  affected_since: null,
  ended_at: null,
};
const redirect: Redirect = {
  id: 'r',
  transport_id: 't',
  from_id: 'saint-pierre',
  to_id: 'saint-jean',
  choice: 'redirect',
  options: [],
  reason: '',
  state: 'ordered',
  ordered_at: iso(0),
  ordered_by: { kind: 'user', name: 'A', role: 'dispatcher' },
  acknowledged_at: null,
  acknowledged_by: null,
  channel: null,
  objection: null,
  objection_comment: '',
  objected_at: null,
};

describe('what is due for a vehicle', () => {
  const at = (s: number) => T0 + s * 1000;
  const affected = { ...transport, affected_since: iso(0) };

  it('nothing without a transport, nothing while unaffected', () => {
    expect(toneOf(undefined, undefined, at(0), 30)).toBe('idle');
    expect(toneOf(transport, undefined, at(0), 30)).toBe('neutral');
  });

  it('a decision once affected', () => {
    expect(toneOf(affected, undefined, at(5), 30)).toBe('undecided');
  });

  it('the crew’s confirmation once ordered, overdue after the region’s time', () => {
    expect(toneOf(transport, redirect, at(30), 30)).toBe('ordered');
    expect(toneOf(transport, redirect, at(31), 30)).toBe('overdue');
    expect(toneOf(transport, { ...redirect, state: 'acknowledged' }, at(99), 30)).toBe('settled');
  });

  it('a new decision when the new destination closes as well', () => {
    const again = { ...transport, affected_since: iso(40) };
    expect(toneOf(again, { ...redirect, state: 'acknowledged' }, at(41), 30)).toBe('undecided');
  });

  it('nothing more once the destination was kept', () => {
    const keep: Redirect = {
      ...redirect,
      choice: 'keep',
      to_id: affected.destination_id,
      state: 'acknowledged',
      ordered_at: iso(10),
    };
    expect(toneOf(affected, keep, at(12), 30)).toBe('neutral');
  });
});

describe('a vehicle between two reports', () => {
  const first = advance(undefined, report(50.84, 4.35, 0), 0, false);
  const second = advance(first, report(50.841, 4.351, 1), 1000, false);

  it('glides from where it was drawn to where it was reported', () => {
    expect(pointAt(first, 500)).toEqual([4.35, 50.84]);
    const [lon, lat] = pointAt(second, 1000 + GLIDE_MS / 2);
    expect(lon).toBeCloseTo(4.3505, 6);
    expect(lat).toBeCloseTo(50.8405, 6);
  });

  it('never runs beyond the last report, however long nothing comes', () => {
    expect(pointAt(second, 1000 + GLIDE_MS)).toEqual([4.351, 50.841]);
    expect(pointAt(second, 90_000)).toEqual([4.351, 50.841]);
    expect(moving(second, 90_000)).toBe(false);
  });

  it('starts the next glide from where it is drawn, without a jump', () => {
    const half = pointAt(second, 1500);
    const third = advance(second, report(50.842, 4.352, 2), 1500, false);
    expect(pointAt(third, 1500)).toEqual(half);
  });

  it('jumps when the reader wants no motion', () => {
    const still = advance(first, report(50.841, 4.351, 1), 1000, true);
    expect(pointAt(still, 1000)).toEqual([4.351, 50.841]);
  });

  it('does not draw a journey through a leap nobody reported', () => {
    const leap = advance(first, report(50.9, 4.45, 60), 1000, false);
    expect(pointAt(leap, 1001)).toEqual([4.45, 50.9]);
  });

  it('ignores the same report told twice', () => {
    const same: Track = advance(second, report(50.841, 4.351, 1), 1300, false);
    expect(same).toBe(second);
  });
});

it('draws often enough close up and seldom over the whole region', () => {
  expect(frameInterval(50.84, 10.6)).toBe(1000);
  expect(frameInterval(50.84, 16)).toBe(40);
});
