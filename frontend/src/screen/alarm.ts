// What sounds follows from what still needs a person: it sounds until somebody acknowledges, and
// silencing is neither acknowledging nor deafness to the next patient.
import type { MassCasualty, Notice } from '../api/wire';
import type { Freshness } from '../feed/freshness';
import type { Audible } from '../ui/annunciator';
import { isAsking, isComing } from './queue';

export const SILENCE_MS = 120_000;
/** A shift of the expected arrival that is worth a sound (ux §3). */
export const ETA_SHIFT_MS = 5 * 60_000;
export const OFFLINE_ALARM = 'offline';

/** It covers what was sounding when it was asked for, so the next patient is heard. */
export type Silence = { readonly until: number; readonly ids: ReadonlySet<string> };

export function alarms(
  notices: Iterable<Notice>,
  freshness: Freshness,
  escalateAfterMs: number,
  now: number,
): Audible[] {
  const asking = [...notices].filter(isAsking).map((notice): Audible => {
    const priority = isPressing(notice, escalateAfterMs, now) ? 1 : 2;
    return { id: notice.id, priority, quiet: false };
  });
  if (freshness !== 'offline') return asking;
  return [{ id: OFFLINE_ALARM, priority: 1, quiet: false }, ...asking];
}

/** Who is asked what they can take of many casualties is called until they have said so. */
export function capacityAlarms(unanswered: Iterable<MassCasualty>): Audible[] {
  return [...unanswered].map((one) => ({ id: one.id, priority: 1, quiet: false }));
}

export function isPressing(notice: Notice, escalateAfterMs: number, now: number): boolean {
  if (notice.urgency === 'vital' || notice.escalated_at !== null) return true;
  return now - Date.parse(notice.sent_at) >= escalateAfterMs;
}

export function silence(sounding: readonly Audible[], now: number): Silence {
  return { until: now + SILENCE_MS, ids: new Set(sounding.map((alarm) => alarm.id)) };
}

export function hush(sounding: readonly Audible[], quiet: Silence | null, now: number): Audible[] {
  if (quiet === null || now >= quiet.until) return [...sounding];
  return sounding.map((alarm) => ({ ...alarm, quiet: alarm.quiet || quiet.ids.has(alarm.id) }));
}

/** What was last told of each patient who is coming: the arrival that later ones are compared with. */
export type Told = ReadonlyMap<string, string | null>;

/** The one-pulse news: somebody no longer comes, or the arrival has moved far from what was told. */
export function news(told: Told, notices: Iterable<Notice>): { told: Told; rings: boolean } {
  const next = new Map<string, string | null>();
  let rings = false;
  for (const notice of notices) {
    const known = told.has(notice.id);
    if (!isComing(notice)) {
      rings ||= known && notice.state === 'withdrawn';
      continue;
    }
    const before = told.get(notice.id) ?? null;
    const moved = known && hasShifted(before, notice.eta_at);
    rings ||= moved;
    next.set(notice.id, known && !moved && before !== null ? before : notice.eta_at);
  }
  return { told: next, rings };
}

function hasShifted(before: string | null, now: string | null): boolean {
  if (before === null || now === null) return false;
  return Math.abs(Date.parse(now) - Date.parse(before)) > ETA_SHIFT_MS;
}
