// Who leaves next and whereto: the gravest first, to the nearest hospital the proposal has for them.
import { type CasualtyGroup, type Share, URGENCIES, type Urgency } from '../../api/wire';

/** The gravest of those who wait; the gravest of all where nobody is known to. */
export function firstWaiting(groups: readonly CasualtyGroup[]): Urgency {
  const some = (urgency: Urgency) =>
    groups.some((one) => one.urgency === urgency && one.waiting > 0);
  return URGENCIES.find(some) ?? URGENCIES[0];
}

/** As a tie of the plan: of two as near, the one that has said that it can comes first. */
const UNSAID_S = 120;

/** Where somebody may be sent, the proposed ones first; a children's hospital only for a child, and then as any other. */
export function destinations(group: CasualtyGroup, child: boolean): readonly Share[] {
  const open = group.shares.filter((one) => child || !one.children_only);
  const rank = (one: Share) =>
    one.proposed > 0 || (child && one.children_only && one.option.admits && one.room.left > 0)
      ? 0
      : one.option.admits
        ? 1
        : 2;
  return [...open].sort((a, b) => rank(a) - rank(b) || nearness(a) - nearness(b));
}

const nearness = (one: Share) => one.option.seconds + (one.room.offered === null ? UNSAID_S : 0);

/** All hospitals of all groups, each once, those first that admit somebody, by journey time. */
export function listed(groups: readonly CasualtyGroup[]): readonly string[] {
  const best = new Map<string, { closed: boolean; seconds: number }>();
  for (const { option } of groups.flatMap((one) => one.shares)) {
    const known = best.get(option.site_id);
    const closed = !option.admits && (known?.closed ?? true);
    const seconds = Math.min(option.seconds, known?.seconds ?? Number.POSITIVE_INFINITY);
    best.set(option.site_id, { closed, seconds });
  }
  return [...best]
    .sort(([, a], [, b]) => Number(a.closed) - Number(b.closed) || a.seconds - b.seconds)
    .map(([siteId]) => siteId);
}
