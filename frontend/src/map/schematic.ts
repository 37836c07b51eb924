// Invariant: everything drawn here comes from the figures of a schematic file, rounded but never
// added to; a region without such a file is drawn as its own boundary and nothing else.
import { type Ring, shareBorders } from './borders';
import { placesInside } from './inside';
import type { LonLat } from './mercator';
import { chained, isRing, rounded, roundedRing } from './smooth';

export type RoadClass = 'ring0' | 'motorway' | 'ring20' | 'main';

export interface Names {
  fr: string;
  nl: string;
}

export interface PlaceLabel {
  id: string;
  kind: 'commune' | 'place' | 'green' | 'shield';
  names: Names;
  lon: number;
  lat: number;
  /** 0 communes, 1 main places, 2 only when zoomed in. */
  rank: 0 | 1 | 2;
  /** Where else it may stand, nearest first; for communes only. */
  spots?: LonLat[];
}

export interface Schematic {
  region: Ring[];
  borders: { line: LonLat[]; outer: boolean }[];
  greens: Ring[];
  airports: Ring[];
  canals: LonLat[][];
  rails: LonLat[][];
  roads: { line: LonLat[]; road: RoadClass }[];
  labels: PlaceLabel[];
  sources: string[];
}

interface Properties {
  kind: string;
  name_fr: string;
  name_nl: string;
  ref?: string | undefined;
  rank?: number | undefined;
  of?: string | undefined;
}

export interface SchematicFeature {
  properties: Properties;
  geometry: { type: string; coordinates: unknown };
}

export interface SchematicFile {
  meta: { sources: string[]; warning: string };
  features: SchematicFeature[];
}

// How far from a corner the curve may begin, in metres: about what the figures' own accuracy allows.
const RADIUS = { border: 120, green: 400, airport: 150, canal: 260, rail: 500 };
const ROAD_RADIUS: Record<RoadClass, number> = { ring0: 700, motorway: 500, ring20: 90, main: 140 };
const FREEWAY = /^(E\d+|A\d+)$/;

const files = import.meta.glob<{ default: SchematicFile }>('./schematic/*.json');

export async function loadSchematic(
  region: string,
  boundary: readonly LonLat[],
): Promise<Schematic> {
  const load = files[`./schematic/${region}.json`];
  return load ? drawSchematic((await load()).default) : boundaryOnly(boundary);
}

export function boundaryOnly(boundary: readonly LonLat[]): Schematic {
  const first = boundary[0];
  const ring = first && !isRing(boundary) ? [...boundary, first] : [...boundary];
  return {
    region: [],
    borders: ring.length > 3 ? [{ line: ring, outer: true }] : [],
    greens: [],
    airports: [],
    canals: [],
    rails: [],
    roads: [],
    labels: [],
    sources: [],
  };
}

export function drawSchematic(file: SchematicFile): Schematic {
  const of = (kind: string) => file.features.filter((f) => f.properties.kind === kind);
  const borders = shareBorders(of('commune').flatMap(rings), RADIUS.border);
  const greens = of('green');
  return {
    region: of('region').flatMap(rings).map(borders.rebuild),
    borders: borders.lines,
    greens: greens.flatMap(rings).map((ring) => roundedRing(ring, RADIUS.green)),
    airports: of('airport')
      .flatMap(rings)
      .map((ring) => roundedRing(ring, RADIUS.airport)),
    canals: chained(of('canal').map(line)).map((course) => rounded(course, RADIUS.canal)),
    rails: of('rail').map((f) => rounded(line(f), RADIUS.rail)),
    roads: [...of('road'), ...of('ring')].map(road),
    labels: [
      ...of('label').map((f) => label(f, of('commune'))),
      ...greens.map(greenLabel),
      ...shields(file),
    ],
    sources: file.meta.sources,
  };
}

function road(feature: SchematicFeature): { line: LonLat[]; road: RoadClass } {
  const kind = roadClass(feature.properties.ref);
  const course = line(feature);
  const radius = ROAD_RADIUS[kind];
  return {
    line: isRing(course) ? roundedRing(course, radius) : rounded(course, radius),
    road: kind,
  };
}

export function roadClass(ref: string | undefined): RoadClass {
  if (ref === 'R0') return 'ring0';
  if (ref === 'R20') return 'ring20';
  return ref && FREEWAY.test(ref) ? 'motorway' : 'main';
}

function label(feature: SchematicFeature, communes: readonly SchematicFeature[]): PlaceLabel {
  const { properties } = feature;
  const [lon, lat] = feature.geometry.coordinates as LonLat;
  const shared = { id: `${properties.of}:${properties.name_fr}`, names: names(feature), lon, lat };
  const commune = communes.find((area) => area.properties.name_fr === properties.name_fr);
  if (properties.of === 'commune' && commune) {
    return { ...shared, kind: 'commune', rank: 0, spots: placesInside(rings(commune), [lon, lat]) };
  }
  return { ...shared, kind: 'place', rank: properties.rank === 1 ? 1 : 2 };
}

function greenLabel(feature: SchematicFeature): PlaceLabel {
  const ring = rings(feature)[0] ?? [];
  const [lon, lat] = centroid(ring);
  const rank = area(ring) > 4 ? 1 : 2;
  return {
    id: `green:${feature.properties.name_fr}`,
    kind: 'green',
    names: names(feature),
    lon,
    lat,
    rank,
  };
}

/** Road numbers, at the middle of each freeway and at four points of the outer ring. */
function shields(file: SchematicFile): PlaceLabel[] {
  return file.features.flatMap((feature) => {
    const { ref, kind } = feature.properties;
    if (!ref || (kind !== 'road' && kind !== 'ring')) return [];
    const course = line(feature);
    const shares = ref === 'R0' ? [0.17, 0.44, 0.68, 0.9] : ref === 'R20' ? [0.72] : [0.62];
    return shares.map((share, i): PlaceLabel => {
      const [lon, lat] = course[Math.round(share * (course.length - 1))] as LonLat;
      return {
        id: `shield:${ref}:${feature.properties.name_fr}:${i}`,
        kind: 'shield',
        names: { fr: ref, nl: ref },
        lon,
        lat,
        rank: roadClass(ref) === 'main' ? 2 : 1,
      };
    });
  });
}

function names({ properties }: SchematicFeature): Names {
  return { fr: properties.name_fr, nl: properties.name_nl };
}

function line(feature: SchematicFeature): LonLat[] {
  return feature.geometry.coordinates as LonLat[];
}

function rings({ geometry }: SchematicFeature): Ring[] {
  if (geometry.type === 'Polygon') return geometry.coordinates as Ring[];
  return (geometry.coordinates as Ring[][]).flat();
}

function centroid(ring: Ring): LonLat {
  let [twice, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1] as LonLat, ring[i] as LonLat];
    const part = a[0] * b[1] - b[0] * a[1];
    twice += part;
    x += (a[0] + b[0]) * part;
    y += (a[1] + b[1]) * part;
  }
  return [x / (3 * twice), y / (3 * twice)];
}

/** Square kilometres, near enough to tell a forest from a park. */
function area(ring: Ring): number {
  let twice = 0;
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1] as LonLat, ring[i] as LonLat];
    twice += a[0] * b[1] - b[0] * a[1];
  }
  const lat = ((ring[0]?.[1] ?? 0) * Math.PI) / 180;
  return (Math.abs(twice) / 2) * 111.32 * 111.32 * Math.cos(lat);
}
