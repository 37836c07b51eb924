// What lies on the screen follows from the notices and the clock alone: every patient who is coming
// is on it, whoever needs an answer stands first, and nobody disappears without a word.
import { type Notice, URGENCIES, type Urgency } from '../api/wire';

/** How long a patient who goes elsewhere stays visible, struck through (ux §5.3). */
export const STRUCK_MS = 60_000;

export type Manner = 'asking' | 'answered' | 'struck';
export type Gone = 'redirected' | 'withdrawn' | 'cancelled' | 'arrived' | 'ended';
export type Card = { notice: Notice; manner: Manner; gone: Gone | null };

/** A notice whose row has left the live set; what became of it is told by the event that ended it. */
export type Departed = { notice: Notice; gone: Gone; at: number };

export function isAsking(notice: Notice): boolean {
  return notice.state === 'sent' || notice.state === 'seen';
}

export function isComing(notice: Notice): boolean {
  return notice.state !== 'arrived' && notice.state !== 'withdrawn';
}

/** Asking first, then answered, then struck; within each by arrival, unknown arrival last. */
export function queue(
  notices: Iterable<Notice>,
  departed: readonly Departed[],
  now: number,
): Card[] {
  const cards = [...notices].flatMap((notice) => cardOf(notice, now));
  const listed = new Set(cards.map((card) => card.notice.id));
  const left = departed.filter((one) => !listed.has(one.notice.id) && now - one.at < STRUCK_MS);
  const struck: Card[] = left.map(({ notice, gone }) => ({ notice, manner: 'struck', gone }));
  return [...cards, ...struck].sort(byManner);
}

export type Group = { manner: Manner; cards: Card[]; urgencies: readonly [Urgency, number][] };

/** The same cards by what they ask of the department, each group with how many of each urgency it has. */
export function grouped(cards: readonly Card[]): Group[] {
  return (['asking', 'answered', 'struck'] as const).flatMap((manner) => {
    const own = cards.filter((card) => card.manner === manner);
    const urgencies = URGENCIES.map((one): [Urgency, number] => [
      one,
      own.filter((card) => card.notice.urgency === one).length,
    ]);
    return own.length === 0
      ? []
      : [{ manner, cards: own, urgencies: urgencies.filter(([, n]) => n > 0) }];
  });
}

function cardOf(notice: Notice, now: number): Card[] {
  if (isComing(notice))
    return [{ notice, manner: isAsking(notice) ? 'asking' : 'answered', gone: null }];
  const ended = notice.ended_at === null ? now : Date.parse(notice.ended_at);
  if (now - ended >= STRUCK_MS) return [];
  return [{ notice, manner: 'struck', gone: goneOf(notice) }];
}

function goneOf(notice: Notice): Gone {
  if (notice.state === 'arrived') return 'arrived';
  return notice.redirected_to_id === null ? 'withdrawn' : 'redirected';
}

const RANK: Record<Manner, number> = { asking: 0, answered: 1, struck: 2 };

function byManner(a: Card, b: Card): number {
  return RANK[a.manner] - RANK[b.manner] || arrival(a.notice) - arrival(b.notice) || bySent(a, b);
}

/** For sorting: who is not known to arrive at any time comes last. */
export function arrival(notice: Notice): number {
  return notice.eta_at === null ? Number.MAX_SAFE_INTEGER : Date.parse(notice.eta_at);
}

function bySent(a: Card, b: Card): number {
  return a.notice.sent_at.localeCompare(b.notice.sent_at) || a.notice.id.localeCompare(b.notice.id);
}

export type Due =
  | { kind: 'unknown' }
  | { kind: 'in'; minutes: number }
  | { kind: 'due'; late: number };

/** Minutes still to go, rounded up; once past, "due" with whole minutes late, never a minus sign. */
export function due(etaAt: string | null, now: number): Due {
  if (etaAt === null) return { kind: 'unknown' };
  const left = Date.parse(etaAt) - now;
  if (left > 0) return { kind: 'in', minutes: Math.ceil(left / 60_000) };
  return { kind: 'due', late: Math.floor((now - Date.parse(etaAt)) / 60_000) };
}

/** The event kind that took a notice off the live set, in the words of this screen. */
export function departureOf(eventKind: string | null): Gone {
  if (eventKind === 'transport.arrived') return 'arrived';
  if (eventKind === 'transport.cancelled') return 'cancelled';
  return 'ended';
}
