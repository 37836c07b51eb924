// Decides which motif sounds now, and nothing else: silence is not acknowledgement, a flood keeps
// only its P1 audible, and a new P1 breaks a silence asked for before it existed.
export type Priority = 1 | 2 | 3;
export type Audible = {
  id: string;
  priority: Priority /** acknowledged or heard: stays quiet */;
  quiet: boolean;
};

export const SILENCE_MS = 120_000;
export const FLOOD = 10;
export const FLOOD_WINDOW_MS = 600_000;
const REPEAT_MS: Record<1 | 2, number> = { 1: 10_000, 2: 20_000 };

export type Annunciation = {
  readonly first: ReadonlyMap<string, number>;
  readonly silentUntil: number;
  readonly last: { readonly priority: Priority; readonly at: number } | null;
  /** when a sound began for alarms not heard before: what the budget counts */
  readonly sounded: readonly number[];
};

export const atRest: Annunciation = { first: new Map(), silentUntil: 0, last: null, sounded: [] };

export function silence(state: Annunciation, now: number): Annunciation {
  return { ...state, silentUntil: now + SILENCE_MS };
}

export function inFlood(state: Annunciation, now: number): boolean {
  return [...state.first.values()].filter((at) => now - at < FLOOD_WINDOW_MS).length > FLOOD;
}

export function audibleInWindow(state: Annunciation, now: number): number {
  return state.sounded.filter((at) => now - at < FLOOD_WINDOW_MS).length;
}

export function annunciate(
  state: Annunciation,
  alarms: readonly Audible[],
  now: number,
): { state: Annunciation; play: Priority | null } {
  const known = note(state, alarms, now);
  const fresh = alarms.filter((alarm) => !state.first.has(alarm.id) && !alarm.quiet);
  const play = choose(known, alarms, fresh, now);
  if (play === null) return { state: known, play };
  const isNew = fresh.some((alarm) => alarm.priority === play);
  const sounded = isNew
    ? [...known.sounded.filter((at) => now - at < FLOOD_WINDOW_MS), now]
    : known.sounded;
  return { state: { ...known, last: { priority: play, at: now }, sounded }, play };
}

function note(state: Annunciation, alarms: readonly Audible[], now: number): Annunciation {
  const first = new Map<string, number>();
  for (const [id, at] of state.first) {
    const stands = alarms.some((alarm) => alarm.id === id);
    if (stands || now - at < FLOOD_WINDOW_MS) first.set(id, at);
  }
  for (const alarm of alarms) if (!first.has(alarm.id)) first.set(alarm.id, now);
  return { ...state, first };
}

function choose(
  state: Annunciation,
  alarms: readonly Audible[],
  fresh: readonly Audible[],
  now: number,
): Priority | null {
  const calling = alarms.filter((alarm) => !alarm.quiet);
  const top = Math.min(...calling.map((alarm) => alarm.priority));
  const silenced = now < state.silentUntil;
  if (silenced && !fresh.some((alarm) => alarm.priority === 1)) return null;
  if (top === 1) return due(state, 1, fresh, now) ? 1 : null;
  if (inFlood(state, now)) return null;
  if (top === 2) return due(state, 2, fresh, now) ? 2 : null;
  return fresh.some((alarm) => alarm.priority === 3) ? 3 : null;
}

function due(
  state: Annunciation,
  priority: 1 | 2,
  fresh: readonly Audible[],
  now: number,
): boolean {
  const last = state.last;
  if (!last || last.priority > priority) return true;
  // A motif takes up to three seconds: newcomers join the next one instead of cutting it off.
  const wait = fresh.some((alarm) => alarm.priority === priority) ? 3_000 : REPEAT_MS[priority];
  return now - last.at >= wait;
}
