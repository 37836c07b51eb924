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
  ServiceLevels,
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

export type Draft = {
  intake: Intake;
  /** null: whatever the ambulances do, until somebody chooses otherwise */
  smur: IntakeGate | null;
  base: BaseGate;
  walkIns: WalkInGate;
  cause: Cause;
  comment: string;
  closed: string[];
  services: ServiceLevels;
  /** hours from now; null: not known */
  endsInHours: number | null;
};

export function newDraft(): Draft {
  return {
    intake: 'closed',
    smur: null,
    base: 'available',
    walkIns: 'open',
    cause: 'it_outage',
    comment: '',
    closed: [],
    services: {},
    endsInHours: null,
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

/** The hospital says for itself; who called and who authorised is for a desk that says it for one. */
export type Declaration = Required<
  Pick<
    DeclareForm,
    'cause' | 'state' | 'closed_capabilities' | 'services' | 'comment' | 'expected_end'
  >
> & { gates: Gates };

export function declaration(draft: Draft, site: Pick<Site, 'smur_base'>, now: number): Declaration {
  return {
    cause: draft.cause,
    state: draft.intake === 'suspected' ? 'suspected' : 'active',
    gates: gatesOf(draft, site),
    closed_capabilities: draft.intake === 'suspected' ? [] : draft.closed,
    services: told(draft.services),
    comment: draft.comment.trim(),
    expected_end: endOf(draft.endsInHours, now),
  };
}

export function endOf(hours: number | null, now: number): string | null {
  return hours === null ? null : new Date(now + hours * 3_600_000).toISOString();
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
    comment: diversion.comment,
    closed: [...diversion.closed_capabilities],
    services: levelsOf(diversion.services),
    endsInHours: null,
  };
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
  if (draft.comment.trim() !== was.comment) said.comment = draft.comment.trim();
  if (gatesDiffer(draft, before)) {
    said.gates = gatesOf(draft, site);
    const state = stateOf(draft, was);
    if (state && state !== was.state) said.state = state;
  }
  if (!sameCodes(draft.closed, was.closed_capabilities))
    said.closed_capabilities = [...draft.closed];
  const services = changedServices(draft.services, levelsOf(was.services));
  if (Object.keys(services).length > 0) said.services = told(services);
  if (draft.endsInHours !== null) said.expected_end = endOf(draft.endsInHours, now);
  return said;
}

/** Tightening a reopening again is a failure that goes on; loosening one leaves it reopening. */
function stateOf(draft: Draft, was: Diversion): AmendForm['state'] {
  if (draft.intake === 'suspected') return undefined;
  if (was.state !== 'recovering') return 'active';
  return strictness(draft.intake) > strictness(was.gates.ambulances ?? 'open')
    ? 'active'
    : 'recovering';
}

function strictness(gate: IntakeGate): number {
  return INTAKE_GATES.indexOf(gate);
}

function gatesDiffer(draft: Draft, before: Draft): boolean {
  return (
    draft.intake !== before.intake ||
    smurOf(draft) !== smurOf(before) ||
    draft.base !== before.base ||
    draft.walkIns !== before.walkIns
  );
}

/** The levels alone, of services told with when they are expected back. */
export function levelsOf(services: Diversion['services']): ServiceLevels {
  const levels = Object.entries(services).map(([code, one]) => [code, one?.level]);
  return Object.fromEntries(levels) as ServiceLevels;
}

export function told(levels: ServiceLevels): NonNullable<DeclareForm['services']> {
  return Object.fromEntries(Object.entries(levels).map(([code, level]) => [code, { level }]));
}

export function changedServices(now: ServiceLevels, was: ServiceLevels): ServiceLevels {
  const changed = Object.entries(now).filter(([code, level]) => was[code as Service] !== level);
  return Object.fromEntries(changed) as ServiceLevels;
}

function sameCodes(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((code) => other.includes(code));
}
