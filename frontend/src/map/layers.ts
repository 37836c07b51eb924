// Invariant: one list says what the ground looks like; MapLibre and the plain canvas both draw from it,
// so losing WebGL loses smoothness, not the map.
import type { LonLat } from './mercator';
import type { Palette } from './palette';
import type { RoadClass, Schematic } from './schematic';

export type Stops = readonly (readonly [zoom: number, value: number])[];

export interface Layer {
  id: string;
  type: 'fill' | 'line';
  shapes: readonly (readonly LonLat[])[];
  color: string;
  width?: Stops;
  dash?: readonly [number, number];
  /** Butt ends where casings of joining roads would otherwise show as blobs. */
  cap?: 'butt' | 'round';
  /** Drawn from this zoom on, and below that one. */
  from?: number;
  below?: number;
}

export const WIDTH: Record<RoadClass, Stops> = {
  main: [
    [9, 0.8],
    [11, 1.9],
    [13, 4],
    [16, 13],
  ],
  motorway: [
    [8, 1],
    [11, 2.7],
    [13, 5.4],
    [16, 18],
  ],
  ring20: [
    [8, 1],
    [11, 3],
    [13, 6.4],
    [16, 20],
  ],
  ring0: [
    [8, 1.4],
    [11, 3.4],
    [13, 6.6],
    [16, 21],
  ],
};
const CASING: Record<RoadClass, number> = { main: 1.4, motorway: 1.8, ring0: 1.8, ring20: 2.2 };

const DOTTED_FROM = 11.6;

export function groundLayers(ground: Schematic, colors: Palette): Layer[] {
  const roads = (road: RoadClass) => ground.roads.filter((r) => r.road === road).map((r) => r.line);
  const outer = ground.borders.filter((border) => border.outer).map((border) => border.line);
  const inner = ground.borders.filter((border) => !border.outer).map((border) => border.line);
  const water: Stops = [
    [8, 1.2],
    [11, 3.6],
    [13, 8],
    [16, 30],
  ];
  return [
    fill('region', ground.region, colors.region),
    fill('greens', ground.greens, colors.green),
    fill('airports', ground.airports, colors.airport),
    { ...stroke('communes', inner, colors.border, flat(0.9)), below: DOTTED_FROM },
    // Closer, where streets appear, a solid hairline would pass for one.
    {
      ...stroke('communes-near', inner, colors.regionEdge, flat(1)),
      dash: [0.1, 3],
      from: DOTTED_FROM,
    },
    stroke('region-edge', outer, colors.regionEdge, flat(1.3)),
    stroke('canals', ground.canals, colors.water, water),
    { ...stroke('rails', ground.rails, colors.rail, flat(1)), dash: [5, 3], cap: 'butt' },
    ...cased('main', roads('main'), colors.road, colors.roadCasing),
    ...cased('motorway', roads('motorway'), colors.freeway, colors.freewayCasing),
    ...cased('ring0', roads('ring0'), colors.freeway, colors.freewayCasing),
    ...cased('ring20', roads('ring20'), colors.ring, colors.ringCasing),
  ];
}

function fill(id: string, shapes: Layer['shapes'], color: string): Layer {
  return { id, type: 'fill', shapes, color };
}

function stroke(id: string, shapes: Layer['shapes'], color: string, width: Stops): Layer {
  return { id, type: 'line', shapes, color, width, cap: 'round' };
}

function cased(
  road: RoadClass,
  shapes: Layer['shapes'],
  color: string,
  casing: string,
): [Layer, Layer] {
  const outer = WIDTH[road].map(([zoom, width]) => [zoom, width + CASING[road]] as const);
  return [
    { ...stroke(`${road}-casing`, shapes, casing, outer), cap: 'butt' },
    stroke(road, shapes, color, WIDTH[road]),
  ];
}

function flat(width: number): Stops {
  return [
    [8, width * 0.7],
    [11, width],
    [15, width * 1.8],
  ];
}

/** Straight interpolation between stops, held at both ends, as MapLibre does with `linear`. */
export function at(stops: Stops, zoom: number): number {
  const after = stops.findIndex(([z]) => z >= zoom);
  const [z1, v1] = stops[after < 0 ? stops.length - 1 : after] ?? [0, 0];
  const [z0, v0] = stops[after < 0 ? stops.length - 1 : Math.max(0, after - 1)] ?? [0, 0];
  return z1 === z0 ? v1 : v0 + ((v1 - v0) * (zoom - z0)) / (z1 - z0);
}
