// Invariant: a vehicle is drawn on the way between two reported positions or at the last of them,
// never beyond; how old that report is decides how it is drawn.
import type { Notice, Position, Redirect, Transport } from '../api/wire';
import { stageOf } from '../console/affected';
import { type LonLat, metresPerPixel } from './mercator';

export type Tone = 'idle' | 'neutral' | 'undecided' | 'ordered' | 'overdue' | 'settled';

export const ALERTING: ReadonlySet<Tone> = new Set(['undecided', 'ordered', 'overdue']);

/** What the dispatcher still has to do about this vehicle; the affected list says the same. */
export function toneOf(
  transport: Transport | undefined,
  decision: Redirect | undefined,
  now: number,
  overdueAfterS: number,
): Tone {
  if (!transport) return 'idle';
  const stage = stageOf(transport, decision, NO_VISITS);
  if (stage === 'undecided') return 'undecided';
  if (stage === 'ordered') {
    // A crew that cannot follow its order needs another decision, and soon: not another wait.
    if (decision?.objection) return 'undecided';
    const waited = decision ? (now - Date.parse(decision.ordered_at)) / 1000 : 0;
    return waited > overdueAfterS ? 'overdue' : 'ordered';
  }
  return stage === 'crew_ack' || stage === 'ed_ack' ? 'settled' : 'neutral';
}

/** Whether the hospital has acknowledged as well makes no difference on the road. */
const NO_VISITS: ReadonlyMap<string, Notice> = new Map<string, Notice>();

export interface Track {
  from: LonLat;
  to: LonLat;
  /** Page clock, milliseconds. */
  start: number;
  duration: number;
  heading: number | null;
  speed: number | null;
  at: string;
}

export const GLIDE_MS = 1000;
// A longer leap is a correction or the end of a silence: sliding through it would draw a journey nobody reported.
const LEAP_M = 400;

/** The track after a report; `still` when the reader asked for no motion. */
export function advance(
  track: Track | undefined,
  position: Position,
  clock: number,
  still: boolean,
): Track {
  const [, lat, lon, at, heading, speed] = position;
  if (track?.at === at) return track;
  const to: LonLat = [lon, lat];
  const from = track ? pointAt(track, clock) : to;
  const glide = track !== undefined && !still && metres(from, to) <= LEAP_M;
  return {
    from: glide ? from : to,
    to,
    start: clock,
    duration: glide ? GLIDE_MS : 0,
    heading,
    speed,
    at,
  };
}

export function pointAt(track: Track, clock: number): LonLat {
  const share = track.duration === 0 ? 1 : (clock - track.start) / track.duration;
  if (share >= 1) return track.to;
  const s = Math.max(0, share);
  return [
    track.from[0] + (track.to[0] - track.from[0]) * s,
    track.from[1] + (track.to[1] - track.from[1]) * s,
  ];
}

export function moving(track: Track, clock: number): boolean {
  return track.duration > 0 && clock < track.start + track.duration;
}

export function metres(a: LonLat, b: LonLat): number {
  const perDegree = 111_320;
  const kx = perDegree * Math.cos((a[1] * Math.PI) / 180);
  return Math.hypot((b[0] - a[0]) * kx, (b[1] - a[1]) * perDegree);
}

/** Time between two drawings: steps of half a pixel at town speed, at most 25 a second close up and one
 *  a second over the whole region, where more would only heat a desk without a graphics card. */
export function frameInterval(lat: number, zoom: number): number {
  const pixelsPerSecond = 15 / metresPerPixel(lat, zoom);
  return Math.min(GLIDE_MS, Math.max(40, 500 / Math.max(pixelsPerSecond, 0.1)));
}
