// How fresh the picture is follows from the frames received and from nothing else; once it has
// been OFFLINE, only a frame that proves completeness (snapshot or events) makes it LIVE again.
import type { Frame } from '../api/wire';

export const DELAYED_AFTER_MS = 10_000;
export const OFFLINE_AFTER_MS = 30_000;

export type Freshness = 'connecting' | 'live' | 'delayed' | 'offline';

/** Two clocks: the wall clock survives sleep, the steady one survives a wall clock set back. */
export type Instant = { wall: number; steady: number };

export type Pulse = {
  /** when this page began to wait for its first frame */
  readonly began: Instant;
  readonly last: Instant | null;
  /** a picture has been received at least once */
  readonly complete: boolean;
  /** it has been OFFLINE since the last complete picture */
  readonly lapsed: boolean;
};

export function instant(): Instant {
  return { wall: Date.now(), steady: performance.now() };
}

export function beginPulse(now: Instant): Pulse {
  return { began: now, last: null, complete: false, lapsed: false };
}

/** The longer of the two clocks' answers: a wrong clock may alarm, it may not reassure. */
export function elapsed(since: Instant, now: Instant): number {
  return Math.max(now.wall - since.wall, now.steady - since.steady);
}

export function silentFor(pulse: Pulse, now: Instant): number {
  return Math.max(0, elapsed(pulse.last ?? pulse.began, now));
}

/** Records the lapse itself, so that a late frame after sleep cannot hide that there was one. */
export function lapse(pulse: Pulse, now: Instant): Pulse {
  if (pulse.lapsed || silentFor(pulse, now) <= OFFLINE_AFTER_MS) return pulse;
  return { ...pulse, lapsed: true };
}

export function beat(pulse: Pulse, frame: Frame['type'], now: Instant): Pulse {
  const before = lapse(pulse, now);
  if (frame === 'bye') return before;
  const proves = frame === 'snapshot' || (frame === 'events' && before.complete);
  return {
    ...before,
    last: now,
    complete: before.complete || frame === 'snapshot',
    lapsed: before.lapsed && !proves,
  };
}

export function freshness(pulse: Pulse, now: Instant): Freshness {
  const silent = silentFor(pulse, now);
  if (pulse.lapsed || silent > OFFLINE_AFTER_MS) return 'offline';
  if (!pulse.complete) return 'connecting';
  return silent < DELAYED_AFTER_MS ? 'live' : 'delayed';
}
