// Invariant: every active vehicle with a reported position is drawn, whatever its age; one without a
// position is not guessed onto the map.
import type { Position, Redirect, Transport, Vehicle } from '../api/wire';
import { standingDecisions } from '../console/affected';
import { positionAge, positionState } from '../state/positions';
import type { FleetRow } from './figures';
import { advance, type Track, toneOf } from './fleet';
import type { Route } from './scene';

export interface FleetFacts {
  vehicles: ReadonlyMap<string, Vehicle>;
  transports: ReadonlyMap<string, Transport>;
  redirects: ReadonlyMap<string, Redirect>;
  positions: ReadonlyMap<string, Position>;
  now: number;
  overdueAfterS: number;
}

export interface Motion {
  tracks: Map<string, Track>;
  /** Page clock. */
  clock: number;
  /** No gliding: the reader asked for none, or the picture stands still anyway. */
  still: boolean;
}

export interface Words {
  age(seconds: number): string;
  lost(seconds: number): string;
}

export function fleetRows(facts: FleetFacts, motion: Motion, words: Words): FleetRow[] {
  const carried = new Map([...facts.transports.values()].map((t) => [t.vehicle_id, t]));
  const decided = standingDecisions(facts.redirects);
  const rows: FleetRow[] = [];
  for (const vehicle of facts.vehicles.values()) {
    const position = facts.positions.get(vehicle.id);
    if (!vehicle.active || !position) continue;
    const transport = carried.get(vehicle.id);
    const redirect = transport && decided.get(transport.id);
    rows.push({
      id: vehicle.id,
      callSign: vehicle.call_sign,
      kind: vehicle.kind,
      tone: toneOf(transport, redirect, facts.now, facts.overdueAfterS),
      age: positionState(position, facts.now),
      ageText: ageWords(position, facts.now, words),
      track: follow(vehicle.id, position, motion),
    });
  }
  forget(motion.tracks, facts.positions);
  return rows;
}

function follow(id: string, position: Position, motion: Motion): Track {
  const track = advance(motion.tracks.get(id), position, motion.clock, motion.still);
  motion.tracks.set(id, track);
  return track;
}

function forget(tracks: Map<string, Track>, positions: ReadonlyMap<string, Position>): void {
  for (const id of tracks.keys()) if (!positions.has(id)) tracks.delete(id);
}

function ageWords(position: Position, now: number, words: Words): string {
  const state = positionState(position, now);
  if (state === 'fresh') return '';
  const seconds = (positionAge(position, now) ?? 0) / 1000;
  return state === 'lost' ? words.lost(seconds) : words.age(seconds);
}

/** The lines of the selected transport: to where it goes, from what it was turned, to its options. */
export function routeOf(
  transport: Transport | undefined,
  redirect: Redirect | undefined,
  options: readonly string[] | undefined,
): Route | null {
  if (!transport) return null;
  const ordered = transport.ordered_destination_id;
  return {
    vehicle: transport.vehicle_id,
    destination: ordered ?? transport.destination_id,
    former: ordered ? transport.destination_id : null,
    options: options ?? redirect?.options.map((option) => option.site_id) ?? [],
  };
}
