// The review before many vehicles are moved at once: what is ticked is exactly what will be sent,
// and each hospital's coming load is counted from it.
import type { BulkAnswer, Option, Plan, ProblemBody, Proposal, RedirectItem } from '../api/wire';

export type Why = NonNullable<Proposal['why']>;

export type Draft = {
  readonly transportId: string;
  readonly ticked: boolean;
  readonly toId: string | null;
  readonly reason: string;
  readonly options: readonly Option[];
  readonly individualReason: Proposal['individual_reason'];
  /** where the plan would send them, and why there: said as long as nobody chose otherwise */
  readonly proposed: { readonly toId: string; readonly why: Why } | null;
};

export type Outcome =
  | { ok: true; seq: number | null }
  | { ok: false; problem: Pick<ProblemBody, 'code'> };

/** How far one row of the review has come. Taken: somebody has decided about it, and this review did not. */
export type Standing = 'recorded' | 'taken' | 'refused' | 'sending' | 'not_sent' | null;

export function standing(
  draft: Draft,
  open: boolean,
  outcome: Outcome | undefined,
  run: 'idle' | 'sending' | 'not_sent' | 'finished',
): Standing {
  if (outcome?.ok) return 'recorded';
  if (!open) return 'taken';
  if (outcome) return 'refused';
  return draft.ticked && (run === 'sending' || run === 'not_sent') ? run : null;
}

/** Only what the server proposes to move together is ticked; the rest waits for a person. */
export function draftsOf(plan: Plan, only: ReadonlySet<string> | null): Draft[] {
  return plan.proposals
    .filter((proposal) => only === null || only.has(proposal.transport_id))
    .map((proposal) => ({
      transportId: proposal.transport_id,
      ticked: proposal.choice === 'redirect' && proposal.to_id !== null,
      toId: proposal.to_id,
      reason: '',
      options: proposal.options,
      individualReason: proposal.individual_reason,
      proposed: proposal.why && proposal.to_id ? { toId: proposal.to_id, why: proposal.why } : null,
    }));
}

export function chosenOption(draft: Draft): Option | null {
  return draft.options.find((option) => option.site_id === draft.toId) ?? null;
}

export function needsReason(draft: Draft): boolean {
  const option = chosenOption(draft);
  return draft.ticked && option !== null && !option.admits;
}

/** What a limit had a part in is to be looked at; the rest is only explained. */
const STRAINED: ReadonlySet<Why> = new Set(['beyond_detour', 'room_too_far', 'all_full']);

/** Why the plan chose this place; null where that goes without saying, or where a person chose. */
export function whyTold(draft: Draft): { why: Why; strained: boolean } | null {
  const { proposed } = draft;
  if (!proposed || proposed.toId !== draft.toId || proposed.why === 'nearest') return null;
  return { why: proposed.why, strained: STRAINED.has(proposed.why) };
}

/** Why this draft cannot be sent as it stands. */
export function obstacle(draft: Draft): 'destination' | 'reason' | null {
  if (!draft.ticked) return null;
  if (draft.toId === null) return 'destination';
  return needsReason(draft) && draft.reason.trim() === '' ? 'reason' : null;
}

export type Load = { readonly siteId: string; readonly inbound: number; readonly added: number };

export function loads(drafts: readonly Draft[], inbound: ReadonlyMap<string, number>): Load[] {
  const added = new Map<string, number>();
  for (const draft of drafts) {
    if (draft.ticked && draft.toId) added.set(draft.toId, (added.get(draft.toId) ?? 0) + 1);
  }
  return [...added]
    .map(([siteId, more]) => ({ siteId, inbound: inbound.get(siteId) ?? 0, added: more }))
    .sort(
      (a, b) => b.inbound + b.added - (a.inbound + a.added) || a.siteId.localeCompare(b.siteId),
    );
}

/** How many of those whom a person decides on the proposal expects at each hospital; it keeps room for them. */
export function countedOn(plan: Plan): ReadonlyMap<string, number> {
  const counted = plan.totals.filter((total) => total.individually > 0);
  return new Map(counted.map((total) => [total.site_id, total.individually]));
}

/** How many of those still to come each hospital would get, if they are shared as what is ticked is. */
export function spillover(totals: readonly Load[], patients: number): ReadonlyMap<string, number> {
  const all = totals.reduce((sum, load) => sum + load.added, 0);
  return new Map(totals.map((load) => [load.siteId, Math.round((patients * load.added) / all)]));
}

export type Item = RedirectItem;

export function itemsOf(
  drafts: readonly Draft[],
  versionOf: (transportId: string) => number | undefined,
): Item[] {
  return drafts.flatMap((draft) => {
    if (!draft.ticked || draft.toId === null) return [];
    const version = versionOf(draft.transportId);
    return [
      {
        transport: draft.transportId,
        to: draft.toId,
        ...(draft.reason.trim() ? { reason: draft.reason.trim() } : {}),
        ...(version === undefined ? {} : { version }),
      },
    ];
  });
}

export function outcomes(answer: BulkAnswer): ReadonlyMap<string, Outcome> {
  return new Map(
    answer.results.map((row) => [
      row.transport,
      row.ok ? { ok: true, seq: row.answer.seq } : { ok: false, problem: row.problem },
    ]),
  );
}
