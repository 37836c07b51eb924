// What the home screen says about a site: the declarations that run there, the oldest first, how
// long the 112 centre has left them unseen, and whether the hospital itself has spoken.
import type { Diversion, GateName, Question, Site } from '../api/wire';

/** Unseen for this long, the hospital is told to phone. */
export const PHONE_AFTER_MS = 60_000;
/** A request nobody answered for this long is worth a call too. */
export const ANSWER_AFTER_MS = 60_000;

export function runningAt(diversions: Iterable<Diversion>, siteId: string): Diversion[] {
  return [...diversions]
    .filter((one) => one.site_id === siteId)
    .sort((a, b) => a.declared_at.localeCompare(b.declared_at) || a.id.localeCompare(b.id));
}

export function shouldPhone(diversion: Diversion, now: number): boolean {
  return diversion.seen_at === null && now - Date.parse(diversion.news_at) >= PHONE_AFTER_MS;
}

/** Milliseconds the author may still take the declaration back; 0 when over. */
export function undoLeft(recordedAt: string, undoSeconds: number, now: number): number {
  return Math.max(0, Date.parse(recordedAt) + undoSeconds * 1000 - now);
}

/** Nobody has confirmed it in time: from the moment it is due, whether or not the server has told so yet. */
export function reviewOverdue(diversion: Diversion, now: number): boolean {
  return diversion.unconfirmed_since !== null || Date.parse(diversion.review_at) <= now;
}

/** Dispatch said it after a call, and the hospital has not confirmed it itself. */
export function awaitsHospital(diversion: Diversion): boolean {
  const { role } = diversion.declared_by;
  return diversion.confirmed_at === null && (role === 'dispatcher' || role === 'supervisor');
}

/** The other sites of the same failure. */
export function alsoAt(diversion: Diversion, all: Iterable<Diversion>): string[] {
  if (diversion.incident === null) return [];
  const same = [...all].filter((one) => one.incident === diversion.incident);
  return [...new Set(same.map((one) => one.site_id))].filter((id) => id !== diversion.site_id);
}

/** What sources say about one gate of a site where they contradict each other, with who said what. */
export function reportsOn(
  site: Pick<Site, 'gates'>,
  gate: GateName,
  running: readonly Diversion[],
): Diversion['disputes'][number]['reports'] {
  const disputing = site.gates[gate].disputed;
  return running
    .filter((one) => disputing.includes(one.id))
    .flatMap((one) => one.disputes.filter((dispute) => dispute.gate === gate))
    .flatMap((dispute) => dispute.reports);
}

/** Open questions to a site, the oldest first. */
export function questionsTo(questions: Iterable<Question>, siteId: string): Question[] {
  return [...questions]
    .filter((one) => one.sites.includes(siteId))
    .sort((a, b) => a.asked_at.localeCompare(b.asked_at));
}
