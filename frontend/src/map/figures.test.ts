import { describe, expect, it } from 'vitest';
import { type FleetRow, placeFigures } from './figures';
import { advance, type Tone } from './fleet';
import { projector } from './mercator';

const view = { lon: 4.36, lat: 50.84, zoom: 11, width: 660, height: 600 };
const row = (
  id: string,
  tone: Tone,
  lon = 4.35,
  kind: FleetRow['kind'] = 'ambulance',
): FleetRow => ({
  id,
  callSign: id,
  kind,
  tone,
  age: 'fresh',
  ageText: '',
  track: advance(undefined, [id, 50.84, lon, '2026-01-05T10:00:00.000Z', null, null], 0, false),
});
const none = { sites: new Map(), selected: null };

describe('figures', () => {
  it('count idle vehicles at one spot together, each kind for itself, and lose none', () => {
    const fleet = [
      row('a', 'idle'),
      row('b', 'idle'),
      row('c', 'idle', 4.35, 'smur'),
      row('d', 'idle', 4.4),
    ];
    const counts = placeFigures({ fleet, ...none }, view, 0).map((figure) => figure.count);
    expect(counts.sort()).toEqual([1, 1, 2]);
  });

  it('never merge a vehicle that carries somebody, nor the chosen one', () => {
    const fleet = [row('a', 'neutral'), row('b', 'neutral'), row('c', 'idle'), row('d', 'idle')];
    expect(placeFigures({ fleet, ...none, selected: 'd' }, view, 0)).toHaveLength(4);
  });

  it('draw what needs a decision above the rest', () => {
    const fleet = [row('a', 'undecided'), row('b', 'idle'), row('c', 'ordered')];
    const order = placeFigures({ fleet, ...none }, view, 0).map((figure) => figure.row.id);
    expect(order).toEqual(['b', 'c', 'a']);
  });

  it('step out from under the pin of the hospital they are parked at', () => {
    const sites = new Map([['h', { lon: 4.35, lat: 50.84, shift: { x: 0, y: 0 }, link: null }]]);
    const [figure] = placeFigures({ fleet: [row('a', 'idle')], sites, selected: null }, view, 0);
    const pin = projector(view)(4.35, 50.84);
    expect(Math.hypot((figure?.x ?? 0) - pin.x, (figure?.y ?? 0) - pin.y)).toBeGreaterThan(12);
  });
});
