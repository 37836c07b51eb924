// Many casualties at one place, reckoned from the replica alone: who was sent where, who still waits,
// which vehicles could take somebody. What is proposed is the server's.
import {
  type MassCasualty,
  type Position,
  type Transport,
  URGENCIES,
  type Urgency,
  type Vehicle,
} from '../../api/wire';
import { headingTo } from '../affected';

export type Tally = Readonly<Record<Urgency, number>>;
/** null: not established */
export type Counts = Readonly<Record<Urgency, number | null>>;

const NONE: Tally = { vital: 0, urgent: 0, routine: 0 };

/** By hospital: under way there or arrived, of this place. */
export function sentFrom(
  casualty: MassCasualty,
  transports: ReadonlyMap<string, Transport>,
): ReadonlyMap<string, Tally> {
  const found = new Map<string, Tally>();
  const add = (site: string, urgency: Urgency, number: number) => {
    const known = found.get(site) ?? NONE;
    found.set(site, { ...known, [urgency]: known[urgency] + number });
  };
  for (const one of casualty.arrived) add(one.site_id, one.urgency, one.number);
  for (const one of transports.values())
    if (one.mass_casualty_id === casualty.id) add(headingTo(one), one.urgency, 1);
  return found;
}

export function total(tallies: Iterable<Tally>): Tally {
  const sum = { ...NONE };
  for (const one of tallies) for (const urgency of URGENCIES) sum[urgency] += one[urgency];
  return sum;
}

export function waiting(counts: Counts, sent: Tally): Counts {
  const left = (urgency: Urgency) => {
    const reported = counts[urgency];
    return reported === null ? null : Math.max(0, reported - sent[urgency]);
  };
  return { vital: left('vital'), urgent: left('urgent'), routine: left('routine') };
}

/** What has to change for the proposal to be another one: asked anew then. */
export function proposalKey(
  casualty: MassCasualty,
  version: number | undefined,
  sent: ReadonlyMap<string, Tally>,
  gates: string,
): string {
  const taken = [...sent].map(([site, one]) => `${site}:${Object.values(one).join('/')}`).sort();
  return [casualty.id, version, ...taken, gates].join('|');
}

export type Carrier = {
  readonly vehicle: Vehicle;
  /** metres from the place as the crow flies; null: nobody knows where it is */
  readonly metres: number | null;
  /** when it was last seen */
  readonly seenAt: number | null;
  /** its patient already under way, if it has one */
  readonly transport: Transport | null;
};

type Point = { readonly lat: number; readonly lon: number };

/** All vehicles, the nearest to the place first; who is lost comes last. */
export function carriers(
  place: Point,
  vehicles: Iterable<Vehicle>,
  positions: ReadonlyMap<string, Position>,
  transports: ReadonlyMap<string, Transport>,
): Carrier[] {
  const busy = new Map([...transports.values()].map((one) => [one.vehicle_id, one]));
  return [...vehicles]
    .map((vehicle): Carrier => {
      const seen = positions.get(vehicle.id);
      return {
        vehicle,
        metres: seen ? metresBetween(place, { lat: seen[1], lon: seen[2] }) : null,
        seenAt: seen ? Date.parse(seen[3]) : null,
        transport: busy.get(vehicle.id) ?? null,
      };
    })
    .sort((a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity));
}

const METRES_PER_DEGREE = 111_195;

/** On the plane that touches the earth there: within a region nobody can tell the difference. */
export function metresBetween(a: Point, b: Point): number {
  const narrow = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, (a.lon - b.lon) * narrow) * METRES_PER_DEGREE;
}

/** "50.8467, 4.3525" as a place; null for what is none. A comma may also be the decimal sign. */
export function placeOf(text: string): Point | null {
  const numbers = text.trim().match(/^(-?\d+[.,]?\d*)\s*[;,\s]\s*(-?\d+[.,]?\d*)$/);
  if (!numbers) return null;
  const [lat, lon] = numbers.slice(1).map((one) => Number(one.replace(',', '.')));
  if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180)
    return null;
  return { lat, lon };
}

export const asText = ({ lat, lon }: Point): string => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

/** Whether it lies within the outline of the region, its corners as [lon, lat]; an empty outline holds everything. */
export function within(place: Point, outline: readonly (readonly number[])[]): boolean {
  let inside = outline.length === 0;
  for (let here = 0, before = outline.length - 1; here < outline.length; before = here++) {
    const [x = 0, y = 0] = outline[here] ?? [];
    const [px = 0, py = 0] = outline[before] ?? [];
    const crosses = y > place.lat !== py > place.lat;
    if (crosses && place.lon < ((px - x) * (place.lat - y)) / (py - y) + x) inside = !inside;
  }
  return inside;
}

/** An entry of a number field: blank is not established, and never zero. */
export function numberOf(text: string | number | null | undefined): number | null {
  const said = String(text ?? '').trim();
  return /^\d+$/.test(said) ? Number(said) : null;
}
