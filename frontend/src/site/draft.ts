// What a coordinator is about to say, and how it becomes a command. A gate nobody spoke about stays
// null: only what stands on the sheet is declared.
import type {
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

/** A service that works again is expected no longer. */
export function told(services: ServicesSaid, now: number): NonNullable<DeclareForm['services']> {
  const said = Object.entries(services).map(([code, one]) => {
    const normal = one.level === 'normal';
    const expected_at = normal ? null : momentOf(one.expected, now);
    return [code, { level: one.level, expected_at, note: (normal ? '' : one.note.trim()) || null }];
  });
  return Object.fromEntries(said);
}
