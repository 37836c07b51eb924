// What a coordinator is about to say, and how it becomes a command. A gate nobody spoke about stays
// null: only what stands on the sheet is declared.
import type {
  AmendForm,
  BaseGate,
  Cause,
  DeclareForm,
  Diversion,
  Gates,
  IntakeGate,
  None,
  Service,
  ServiceLevel,
  Site,
  WalkInGate,
} from '../api/wire';

/** "suspected" restricts nothing yet: the 112 centre is warned that something is wrong. */
export type Intake = IntakeGate | 'suspected';
// An answer left out of one of these lists could be given by nobody: hence the checks beside them.
export const INTAKES = [
  'closed',
  'life_threatening',
  'open',
  'suspected',
] as const satisfies readonly Intake[];
export type IntakeLeftOut = None<Exclude<Intake, (typeof INTAKES)[number]>>;
/** From the mildest to the strictest. */
export const INTAKE_GATES = [
  'open',
  'life_threatening',
  'closed',
] as const satisfies readonly IntakeGate[];
export type IntakeGateLeftOut = None<Exclude<IntakeGate, (typeof INTAKE_GATES)[number]>>;
export const WALK_IN_GATES = [
  'open',
  'vital_only',
  'closed',
] as const satisfies readonly WalkInGate[];
export type WalkInLeftOut = None<Exclude<WalkInGate, (typeof WALK_IN_GATES)[number]>>;
export const BASE_GATES = ['available', 'withdrawn'] as const satisfies readonly BaseGate[];
export type BaseLeftOut = None<Exclude<BaseGate, (typeof BASE_GATES)[number]>>;
/** The causes a coordinator meets first; the others follow in the list. */
export const FIRST_CAUSES: readonly Cause[] = ['it_outage', 'unknown', 'cyber_suspected'];

/** A moment to come: as recorded, or a number of hours from the press. */
export type Expected = { at: string | null; inHours: number | null };
export const NOT_KNOWN: Expected = { at: null, inHours: null };
export type ServiceSaid = { level: ServiceLevel; expected: Expected; note: string };
export type ServicesSaid = Partial<Record<Service, ServiceSaid>>;

/** What holds of one capability whatever the gates say: one of the two, never both. */
export type CapabilitySaid = 'closed' | 'accepted';

export type Draft = {
  intake: Intake;
  /** null: whatever the ambulances do, until somebody chooses otherwise */
  smur: IntakeGate | null;
  base: BaseGate;
  walkIns: WalkInGate;
  cause: Cause;
  embargoed: boolean;
  comment: string;
  capabilities: Record<string, CapabilitySaid>;
  services: ServicesSaid;
  ends: Expected;
  /** null: nobody has said */
  plan: boolean | null;
  contact: string;
  authoriser: string;
};

export function newDraft(): Draft {
  return {
    intake: 'closed',
    smur: null,
    base: 'available',
    walkIns: 'open',
    cause: 'it_outage',
    embargoed: false,
    comment: '',
    capabilities: {},
    services: {},
    ends: NOT_KNOWN,
    plan: null,
    contact: '',
    authoriser: '',
  };
}

/** The base switch is offered unless it is established that no SMUR starts from here. */
export function hasBase(site: Pick<Site, 'smur_base'>): boolean {
  return site.smur_base !== false;
}

export function smurOf(draft: Draft): IntakeGate {
  if (draft.smur !== null) return draft.smur;
  return draft.intake === 'suspected' ? 'open' : draft.intake;
}

export function gatesOf(draft: Draft, site: Pick<Site, 'smur_base'>): Gates {
  if (draft.intake === 'suspected') {
    return { ambulances: null, smur_destination: null, smur_base: null, walk_ins: null };
  }
  return {
    ambulances: draft.intake,
    smur_destination: smurOf(draft),
    smur_base: hasBase(site) ? draft.base : null,
    walk_ins: draft.walkIns,
  };
}

/** The hospital says for itself; who called is for a desk that says it for one. */
export type Declaration = Required<
  Pick<
    DeclareForm,
    | 'cause'
    | 'state'
    | 'closed_capabilities'
    | 'accepts'
    | 'services'
    | 'comment'
    | 'expected_end'
    | 'cause_embargoed'
    | 'emergency_plan'
    | 'contact'
    | 'authoriser'
  >
> & { gates: Gates };

export function declaration(draft: Draft, site: Pick<Site, 'smur_base'>, now: number): Declaration {
  const suspected = draft.intake === 'suspected';
  return {
    cause: draft.cause,
    cause_embargoed: draft.embargoed,
    state: suspected ? 'suspected' : 'active',
    gates: gatesOf(draft, site),
    closed_capabilities: suspected ? [] : codes(draft, 'closed'),
    accepts: suspected ? [] : codes(draft, 'accepted'),
    services: told(draft.services, now),
    comment: draft.comment.trim(),
    expected_end: momentOf(draft.ends, now),
    emergency_plan: draft.plan,
    contact: draft.contact.trim() || null,
    authoriser: draft.authoriser.trim() || null,
  };
}

export function momentOf(expected: Expected, now: number): string | null {
  if (expected.inHours === null) return expected.at;
  return new Date(now + expected.inHours * 3_600_000).toISOString();
}

export function codes(draft: Pick<Draft, 'capabilities'>, which: CapabilitySaid): string[] {
  return Object.keys(draft.capabilities).filter((code) => draft.capabilities[code] === which);
}

/** The running declaration laid back on the sheet, to be changed. */
export function draftOf(diversion: Diversion): Draft {
  const { gates } = diversion;
  const suspected = diversion.state === 'suspected';
  return {
    intake: suspected ? 'suspected' : (gates.ambulances ?? 'open'),
    smur: suspected ? null : (gates.smur_destination ?? 'open'),
    base: gates.smur_base ?? 'available',
    walkIns: gates.walk_ins ?? 'open',
    cause: diversion.cause,
    embargoed: diversion.cause_embargoed,
    comment: diversion.comment,
    capabilities: capabilitiesOf(diversion),
    services: servicesOf(diversion.services),
    ends: { at: diversion.expected_end, inHours: null },
    plan: diversion.emergency_plan,
    contact: diversion.contact ?? '',
    authoriser: diversion.authoriser ?? '',
  };
}

export function capabilitiesOf(
  diversion: Pick<Diversion, 'closed_capabilities' | 'accepts'>,
): Record<string, CapabilitySaid> {
  return Object.fromEntries([
    ...diversion.accepts.map((code) => [code, 'accepted'] as const),
    ...diversion.closed_capabilities.map((code) => [code, 'closed'] as const),
  ]);
}

export function servicesOf(services: Diversion['services']): ServicesSaid {
  const said = Object.entries(services).flatMap(([code, one]) =>
    one
      ? [
          [
            code,
            {
              level: one.level,
              expected: { at: one.expected_at, inHours: null },
              note: one.note ?? '',
            },
          ],
        ]
      : [],
  );
  return Object.fromEntries(said) as ServicesSaid;
}

/** Only what differs from the record is said again, so that two people changing different things do
 *  not undo each other. */
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

/** A service that works again is expected no longer. */
export function told(services: ServicesSaid, now: number): NonNullable<DeclareForm['services']> {
  const said = Object.entries(services).map(([code, one]) => {
    const normal = one.level === 'normal';
    const expected_at = normal ? null : momentOf(one.expected, now);
    return [code, { level: one.level, expected_at, note: (normal ? '' : one.note.trim()) || null }];
  });
  return Object.fromEntries(said);
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
