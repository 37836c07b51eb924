// What the home screen says about a site: the declarations that run there, the oldest first, and
// how long the 112 centre has left them unseen.
import type { Diversion } from '../api/wire';

/** Unseen for this long, the hospital is told to phone. */
export const PHONE_AFTER_MS = 60_000;

export function runningAt(diversions: Iterable<Diversion>, siteId: string): Diversion[] {
  return [...diversions]
    .filter((one) => one.site_id === siteId)
    .sort((a, b) => a.declared_at.localeCompare(b.declared_at) || a.id.localeCompare(b.id));
}

export function shouldPhone(diversion: Diversion, now: number): boolean {
  return diversion.seen_at === null && now - Date.parse(diversion.declared_at) >= PHONE_AFTER_MS;
}

/** Milliseconds the author may still take the declaration back; 0 when over. */
export function undoLeft(recordedAt: string, undoSeconds: number, now: number): number {
  return Math.max(0, Date.parse(recordedAt) + undoSeconds * 1000 - now);
}

export function reviewOverdue(diversion: Diversion, now: number): boolean {
  return Date.parse(diversion.review_at) <= now;
}
