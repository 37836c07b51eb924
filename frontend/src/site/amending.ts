// What a change to a running declaration says: only what differs from the record, so that two people changing
// different things do not undo each other; and whether it would admit somebody again.
import type { AmendForm, Diversion, Service, Site } from '../api/wire';
import {
  BASE_GATES,
  codes,
  type Draft,
  draftOf,
  gatesOf,
  INTAKE_GATES,
  momentOf,
  type ServicesSaid,
  smurOf,
  told,
  WALK_IN_GATES,
} from './draft';

/** What is said of a declaration laid on the sheet and changed there. */
export function amendment(
  draft: Draft,
  was: Diversion,
  site: Pick<Site, 'smur_base'>,
  now: number,
): AmendForm {
  const before = draftOf(was);
  const said: AmendForm = {};
  if (draft.cause !== was.cause) said.cause = draft.cause;
  if (draft.embargoed !== was.cause_embargoed) said.cause_embargoed = draft.embargoed;
  if (draft.comment.trim() !== was.comment) said.comment = draft.comment.trim();
  if (gatesDiffer(draft, before)) {
    said.gates = gatesOf(draft, site);
    const state = stateOf(draft, was);
    if (state && state !== was.state) said.state = state;
  }
  const closed = codes(draft, 'closed');
  const accepts = codes(draft, 'accepted');
  if (!sameCodes(closed, was.closed_capabilities)) said.closed_capabilities = closed;
  if (!sameCodes(accepts, was.accepts)) said.accepts = accepts;
  const services = changedServices(draft.services, was.services, now);
  if (Object.keys(services).length > 0) said.services = told(services, now);
  return { ...said, ...changedRest(draft, was, now) };
}

function changedRest(draft: Draft, was: Diversion, now: number): AmendForm {
  const said: AmendForm = {};
  const contact = draft.contact.trim() || null;
  const authoriser = draft.authoriser.trim() || null;
  const ends = momentOf(draft.ends, now);
  if (contact !== was.contact) said.contact = contact;
  if (authoriser !== was.authoriser) said.authoriser = authoriser;
  if (draft.plan !== was.emergency_plan) said.emergency_plan = draft.plan;
  if (ends !== was.expected_end) said.expected_end = ends;
  return said;
}

/** Tightening a reopening again is a failure that goes on; loosening one leaves it reopening. */
function stateOf(draft: Draft, was: Diversion): AmendForm['state'] {
  if (draft.intake === 'suspected') return undefined;
  if (was.state !== 'recovering') return 'active';
  return strictness(INTAKE_GATES, draft.intake) > strictness(INTAKE_GATES, was.gates.ambulances)
    ? 'active'
    : 'recovering';
}

function strictness<V extends string>(
  mildestFirst: readonly V[],
  gate: V | null | undefined,
): number {
  return gate ? mildestFirst.indexOf(gate) : 0;
}

/** Whether a change would admit anybody who is not admitted now: that takes 112, so it is asked for. */
export function loosens(said: AmendForm, was: Diversion): boolean {
  const after = { ...was.gates, ...said.gates };
  const milder =
    strictness(INTAKE_GATES, after.ambulances) < strictness(INTAKE_GATES, was.gates.ambulances) ||
    strictness(INTAKE_GATES, after.smur_destination) <
      strictness(INTAKE_GATES, was.gates.smur_destination) ||
    strictness(BASE_GATES, after.smur_base) < strictness(BASE_GATES, was.gates.smur_base) ||
    strictness(WALK_IN_GATES, after.walk_ins) < strictness(WALK_IN_GATES, was.gates.walk_ins);
  const closed = said.closed_capabilities ?? was.closed_capabilities;
  const reopened = was.closed_capabilities.some((code) => !closed.includes(code));
  // An exception to a gate that does not restrict excepts nobody from anything.
  const restricted =
    strictness(INTAKE_GATES, was.gates.ambulances) > 0 ||
    strictness(INTAKE_GATES, was.gates.smur_destination) > 0;
  const excepted = (said.accepts ?? []).some((code) => !was.accepts.includes(code));
  return milder || reopened || (restricted && excepted);
}

function gatesDiffer(draft: Draft, before: Draft): boolean {
  return (
    draft.intake !== before.intake ||
    smurOf(draft) !== smurOf(before) ||
    draft.base !== before.base ||
    draft.walkIns !== before.walkIns
  );
}

export function changedServices(
  draft: ServicesSaid,
  was: Diversion['services'],
  now: number,
): ServicesSaid {
  const after = told(draft, now);
  const changed = Object.entries(draft).filter(([code]) => {
    const [one, before] = [after[code as Service], was[code as Service]];
    return (
      one?.level !== before?.level ||
      (one?.expected_at ?? null) !== (before?.expected_at ?? null) ||
      (one?.note ?? null) !== (before?.note ?? null)
    );
  });
  return Object.fromEntries(changed) as ServicesSaid;
}

function sameCodes(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((code) => other.includes(code));
}
