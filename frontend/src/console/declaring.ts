// A declaration taken down from a telephone call: what the dispatcher has filled in becomes one
// request, for one site or for all sites of one failure, and nothing in it is guessed.
import type {
  BaseGate,
  Cause,
  DeclareForm,
  Gates,
  IncidentForm,
  IntakeGate,
  Site,
  WalkInGate,
} from '../api/wire';

export type Scope = 'site' | IncidentForm['kind'];
export type Level = 'suspected' | 'limited' | 'closed';

export type Draft = {
  scope: Scope;
  /** what the sites share: a group, a network, a supplier */
  name: string;
  siteIds: string[];
  level: Level;
  gates: Gates;
  /** where a site's ambulance gate differs from the rest */
  differences: Record<string, IntakeGate>;
  cause: Cause;
  embargoed: boolean;
  calledBy: string;
  callBack: string;
  readBack: boolean;
  authoriser: string;
  contact: string;
  plan: boolean | null;
  accepts: string[];
  comment: string;
};

/** What each level means for the gates before anybody says it more exactly. */
export const LEVEL_GATES: Record<Level, Gates> = {
  suspected: { ambulances: null, smur_destination: null, smur_base: null, walk_ins: null },
  limited: {
    ambulances: 'life_threatening',
    smur_destination: 'life_threatening',
    smur_base: null,
    walk_ins: null,
  },
  closed: { ambulances: 'closed', smur_destination: 'closed', smur_base: null, walk_ins: null },
};
export const LEVELS = ['closed', 'limited', 'suspected'] as const satisfies readonly Level[];
export const INTAKE = ['open', 'life_threatening', 'closed'] as const satisfies IntakeGate[];
export const BASE = ['available', 'withdrawn'] as const satisfies BaseGate[];
export const WALK_INS = ['open', 'vital_only', 'closed'] as const satisfies WalkInGate[];

export function newDraft(siteId: string): Draft {
  return {
    scope: 'site',
    name: '',
    siteIds: [siteId],
    level: 'closed',
    gates: LEVEL_GATES.closed,
    differences: {},
    cause: 'unknown',
    embargoed: false,
    calledBy: '',
    callBack: '',
    readBack: false,
    authoriser: '',
    contact: '',
    plan: null,
    accepts: [],
    comment: '',
  };
}

/** The sites that share a hospital or a network with this one, itself first; empty: nothing shared. */
export function sharing(site: Site, scope: Scope, sites: Iterable<Site>): Site[] {
  if (scope === 'site') return [site];
  const alike = (other: Site) =>
    scope === 'hospital'
      ? other.hospital.id === site.hospital.id
      : scope === 'network'
        ? site.network !== null && other.network === site.network
        : true;
  const others = [...sites].filter((other) => other.id !== site.id && alike(other));
  return others.length > 0 ? [site, ...others] : [];
}

export type Obstacle = 'called_by' | 'name' | 'sites';

export function obstacle(draft: Draft): Obstacle | null {
  if (draft.calledBy.trim() === '') return 'called_by';
  if (draft.scope === 'site') return null;
  if (draft.name.trim() === '') return 'name';
  return draft.siteIds.length < 2 ? 'sites' : null;
}

export function declaration(draft: Draft): DeclareForm {
  const given = (text: string) => text.trim() || null;
  return {
    cause: draft.cause,
    state: draft.level === 'suspected' ? 'suspected' : 'active',
    gates: draft.gates,
    accepts: draft.accepts,
    comment: draft.comment.trim(),
    cause_embargoed: draft.embargoed,
    emergency_plan: draft.plan,
    contact: given(draft.contact),
    authoriser: given(draft.authoriser),
    called_by: given(draft.calledBy),
    call_back: given(draft.callBack),
    read_back: draft.readBack,
  };
}

/** Where it goes and what it says. One site is an episode of its own; more share an incident. */
export function request(
  draft: Draft,
  region: string,
): { path: string; body: DeclareForm | IncidentForm } {
  if (draft.scope === 'site') {
    return { path: `/api/sites/${draft.siteIds[0]}/diversions`, body: declaration(draft) };
  }
  const body: IncidentForm = {
    kind: draft.scope,
    name: draft.name.trim(),
    sites: draft.siteIds,
    declaration: declaration(draft),
    differences: differences(draft),
  };
  return { path: `/api/regions/${region}/incidents`, body };
}

function differences(draft: Draft): NonNullable<IncidentForm['differences']> {
  const differing = draft.siteIds.filter((id) => {
    const other = draft.differences[id];
    return other !== undefined && other !== draft.gates.ambulances;
  });
  return Object.fromEntries(differing.map((id) => [id, { gates: gatesAt(draft, id) }]));
}

/** SMUR and PIT follow the ambulances, unless they were said apart for all the sites. */
export function gatesAt(draft: Draft, siteId: string): Gates {
  const other = draft.differences[siteId];
  if (draft.scope === 'site' || other === undefined) return draft.gates;
  const { ambulances, smur_destination } = draft.gates;
  const smur = smur_destination === ambulances ? other : smur_destination;
  return { ...draft.gates, ambulances: other, smur_destination: smur };
}
