// Invariant: streets are as grey as the schematic they are laid over; they appear where one zooms in,
// and the schematic stays under them wherever the operator's extract ends.
import type { Language } from '../api/wire';
import { WIDTH } from './layers';
import type { Palette } from './palette';

/** The operator's own map, as the server tells it. */
export interface Streets {
  id: string;
  /** The ISO day of its data. */
  data_date: string;
  attribution: string;
  tiles: string;
}

/** From here on streets say more than the schematic; below, every one of them would be a hairline. */
export const STREETS_FROM = 11.4;
const NAMES_FROM = 14;

type Expression = readonly unknown[];

/** One layer of the style, in MapLibre's words; `paint` alone differs between themes. */
export interface StreetLayer {
  id: string;
  type: 'fill' | 'line' | 'symbol';
  part: string;
  kinds?: readonly string[];
  from?: number;
  paint: Record<string, unknown>;
  layout?: Record<string, unknown>;
}

const zoomed = (...stops: number[]): Expression => ['interpolate', ['linear'], ['zoom'], ...stops];

const MINOR = zoomed(11.4, 0.4, 13, 1.4, 16, 8);
const TERTIARY = zoomed(11.4, 0.9, 13, 2.4, 16, 10);
const SERVICE = zoomed(14, 0.6, 16, 4);

export function streetLayers(colors: Palette, language: Language): StreetLayer[] {
  const main = zoomed(...WIDTH.main.flat());
  const motorway = zoomed(...WIDTH.motorway.flat());
  return [
    // Over the schematic, as far as the extract knows the communes.
    fill('ground', 'communes', colors.region),
    fill('green', 'green', colors.green),
    fill('airport', 'airport', colors.airport),
    fill('water', 'water', colors.water),
    line('river', 'waterway', colors.water, zoomed(11, 2, 13, 6, 16, 24), ['river', 'canal']),
    line('stream', 'waterway', colors.water, zoomed(13, 0.8, 16, 4), ['stream']),
    line('rail', 'rail', colors.rail, zoomed(11, 0.8, 15, 1.6), ['rail']),
    ...street('service', ['service'], SERVICE, colors.road, colors.roadCasing),
    ...street('minor', ['minor'], MINOR, colors.road, colors.roadCasing),
    ...street('tertiary', ['tertiary', 'link'], TERTIARY, colors.road, colors.roadCasing),
    ...street('main', ['secondary', 'primary'], main, colors.road, colors.roadCasing),
    ...street('motorway', ['trunk', 'motorway'], motorway, colors.freeway, colors.freewayCasing),
    {
      ...line('borders', 'communes', colors.regionEdge, 1),
      paint: { 'line-color': colors.regionEdge, 'line-width': 1, 'line-dasharray': [0.1, 3] },
    },
    names(colors, language),
  ];
}

function fill(id: string, part: string, color: string): StreetLayer {
  return { id, type: 'fill', part, paint: { 'fill-color': color } };
}

function line(
  id: string,
  part: string,
  color: string,
  width: Expression | number,
  kinds?: readonly string[],
): StreetLayer {
  return {
    id,
    type: 'line',
    part,
    ...(kinds ? { kinds } : {}),
    paint: { 'line-color': color, 'line-width': width },
    layout: { 'line-cap': 'round', 'line-join': 'round' },
  };
}

/** A street between two darker edges; its edge is drawn as a line of the same width and a gap. */
function street(
  id: string,
  kinds: readonly string[],
  width: Expression,
  color: string,
  casing: string,
): StreetLayer[] {
  const edge = line(`${id}-edge`, 'streets', casing, 0.8, kinds);
  return [
    { ...edge, paint: { 'line-color': casing, 'line-width': 0.8, 'line-gap-width': width } },
    line(id, 'streets', color, width, kinds),
  ];
}

/** In the reader's language where the street has a name in it; bilingual as the map has it otherwise. */
function names(colors: Palette, language: Language): StreetLayer {
  const own = language === 'nl' ? 'name_nl' : 'name_fr';
  return {
    id: 'street-names',
    type: 'symbol',
    part: 'streets',
    from: NAMES_FROM,
    layout: {
      'symbol-placement': 'line',
      'text-field': ['coalesce', ['get', own], ['get', 'name'], ''],
      'text-font': ['system-ui', 'sans-serif'],
      'text-size': 11,
      'text-max-angle': 35,
      'symbol-spacing': 320,
    },
    paint: { 'text-color': colors.label, 'text-halo-color': colors.halo, 'text-halo-width': 1.5 },
  };
}

/** Which map the server has in use now; null where it has none. Rejects when it cannot be asked. */
export async function streetsInUse(): Promise<Streets | null> {
  const answer = await fetch('/map/', { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`the map in use could not be asked for: ${answer.status}`);
  return ((await answer.json()) as { map: Streets | null }).map;
}
