// Invariant: every vehicle of the fleet is in exactly one figure, alone or counted with those that stand
// idle at the very same spot; what needs a decision comes last and so is drawn on top.
import type { VehicleKind } from '../api/wire';
import type { PositionState } from '../state/positions';
import { pointAt, type Tone, type Track } from './fleet';
import { type Point, projector, type View } from './mercator';
import { PIN } from './sizes';

export interface FleetRow {
  id: string;
  callSign: string;
  kind: VehicleKind;
  tone: Tone;
  age: PositionState;
  /** Age in words when it is no longer fresh. */
  ageText: string;
  track: Track;
}

export interface SceneSite {
  lon: number;
  lat: number;
  /** Shift of its pin from the place. */
  shift: Point;
  /** From the pin's centre to a name that stands off it. */
  link: Point | null;
}

export interface Figure {
  row: FleetRow;
  /** How many stand at this very spot. */
  count: number;
  x: number;
  y: number;
}

interface Stand {
  fleet: readonly FleetRow[];
  sites: ReadonlyMap<string, SceneSite>;
  selected: string | null;
}

export function placeFigures(
  { fleet, sites, selected }: Stand,
  view: View,
  clock: number,
): Figure[] {
  const project = projector(view);
  const pins = [...sites.values()].map((site) => shifted(project(site.lon, site.lat), site.shift));
  const standing = new Map<string, Figure>();
  const figures: Figure[] = [];
  for (const row of fleet) {
    const [lon, lat] = pointAt(row.track, clock);
    const figure = { row, count: 1, ...project(lon, lat) };
    if (row.tone === 'idle' && row.id !== selected) {
      const spot = `${row.kind} ${row.age} ${Math.round(lon * 1e4)} ${Math.round(lat * 1e4)}`;
      const same = standing.get(spot);
      if (same) {
        same.count += 1;
        continue;
      }
      standing.set(spot, figure);
      stepOut(figure, pins);
    }
    figures.push(figure);
  }
  return figures.sort((a, b) => rank(a.row.tone) - rank(b.row.tone));
}

const RANK: Record<Tone, number> = {
  idle: 0,
  neutral: 1,
  settled: 2,
  ordered: 3,
  overdue: 4,
  undecided: 5,
};

export function rank(tone: Tone): number {
  return RANK[tone];
}

const LANE: Record<VehicleKind, number> = { ambulance: -9, smur: 0, pit: 9 };

/** A vehicle parked at a hospital stands just below its pin: under it, nobody would know it is there. */
function stepOut(figure: Figure, pins: readonly Point[]): void {
  const hiding = pins.find((pin) => Math.hypot(pin.x - figure.x, pin.y - figure.y) < PIN / 2 + 2);
  if (!hiding) return;
  figure.x = hiding.x + LANE[figure.row.kind];
  figure.y = hiding.y + PIN / 2 + 6;
}

export function shifted(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}
