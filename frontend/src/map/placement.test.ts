import { describe, expect, it } from 'vitest';
import registry from '../../../hospitals/data/brussels.json';
import { extentView } from './camera';
import { onPlane } from './markers';
import { type Box, overlapArea, type Pin, placeSites, spread } from './placement';
import { PIN, SMALL_PIN } from './sizes';

const REGION = [4.2438, 50.7637, 4.4823, 50.9135] as const;
const DOWN = new Set(['saint-pierre', 'huderf', 'erasme', 'saint-luc', 'his-moliere', 'uz-leuven']);

/** The real sites as pins, seven pixels a letter, as in the widest of the usual fonts. */
function pinsAt(zoom: number, home: readonly [number, number], down: ReadonlySet<string>): Pin[] {
  return registry.sites.map((site) => {
    const { lat, lon } = site.position;
    const must = down.has(site.id);
    return {
      id: site.id,
      ...onPlane(lon, lat, zoom, home),
      w: Math.max(site.short.fr.length * 7.2, must ? 70 : 0) + 10,
      h: must ? 31 : 18,
      size: !must && zoom < 10.1 ? SMALL_PIN : PIN,
      weight: must ? 5 : 1,
      must,
    };
  });
}

function boxes(pins: readonly Pin[], room: Box | null) {
  const placed = placeSites(pins, room);
  return placed.map((spot, i) => {
    const pin = pins[i] as Pin;
    const at = { x: pin.x + spot.pin.x, y: pin.y + spot.pin.y };
    return {
      id: pin.id,
      named: spot.named,
      must: pin.must,
      shift: Math.hypot(spot.pin.x, spot.pin.y),
      pin: { x: at.x - pin.size / 2, y: at.y - pin.size / 2, w: pin.size, h: pin.size },
      tag: { x: at.x + spot.label.x, y: at.y + spot.label.y, w: pin.w, h: pin.h },
    };
  });
}

const SIZES = [
  [660, 600],
  [1100, 800],
  [360, 500],
] as const;
const cases = SIZES.flatMap(([w, h]) =>
  [new Set<string>(), DOWN].flatMap((down) =>
    [0, 0.7, 1.5, 3].map((closer) => ({ w, h, down, closer })),
  ),
);

describe.each(cases)('hospitals at $w×$h, $closer closer, $down.size affected', (one) => {
  const home = extentView(REGION, one.w, one.h);
  const zoom = home.zoom + one.closer;
  const pins = pinsAt(zoom, [home.lon, home.lat], one.down);
  const room = one.closer === 0 ? { x: -one.w / 2, y: -one.h / 2, w: one.w - 48, h: one.h } : null;
  const all = boxes(pins, room);

  it('no pin touches another', () => {
    for (const a of all) {
      for (const b of all) {
        if (a.id < b.id) {
          const gap = Math.hypot(a.pin.x - b.pin.x, a.pin.y - b.pin.y);
          expect(gap, `${a.id} ${b.id}`).toBeGreaterThan(14);
        }
      }
    }
  });

  it('no visible name covers another name or another pin', () => {
    const named = all.filter((site) => site.named);
    for (const a of named) {
      for (const b of all) {
        if (a.id === b.id) continue;
        if (b.named) expect(overlapArea(a.tag, b.tag), `${a.id} ${b.id}`).toBe(0);
        expect(overlapArea(a.tag, b.pin), `${a.id} on ${b.id}`).toBe(0);
      }
    }
  });

  it('every affected hospital keeps its name', () => {
    expect(all.filter((site) => site.must && !site.named)).toEqual([]);
  });

  it('no pin wanders far from its place', () => {
    expect(Math.max(...all.map((site) => site.shift))).toBeLessThan(40);
  });
});

it('names every hospital of the region in the console’s picture when nothing is wrong', () => {
  const home = extentView(REGION, 660, 600);
  const all = boxes(pinsAt(home.zoom, [home.lon, home.lat], new Set()), null);
  expect(all.filter((site) => !site.named).map((site) => site.id)).toEqual([]);
});

it('places the same hospitals the same way whatever their order', () => {
  const pins = pinsAt(10.7, [4.36, 50.84], DOWN);
  const forward = placeSites(pins, null);
  const backward = placeSites([...pins].reverse(), null).reverse();
  expect(backward).toEqual(forward);
});

it('parts two sites at the very same place', () => {
  const pin = { x: 0, y: 0, w: 40, h: 18, size: PIN, weight: 1, must: false };
  const at = spread([
    { id: 'a', ...pin },
    { id: 'b', ...pin },
  ]);
  const [a, b] = [at.get('a'), at.get('b')];
  expect(Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))).toBeGreaterThan(PIN);
});
