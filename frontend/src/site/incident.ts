// One failure at several campuses of one person: what is said of all, and where a campus differs. Each gets a
// declaration of its own, and each can be taken back alone.
import type { IncidentForm, IntakeGate, Site } from '../api/wire';
import { type Declaration, type Draft, gatesOf } from './draft';

export type SharedKind = IncidentForm['kind'];
export const SHARED_KINDS = [
  'hospital',
  'network',
  'supplier',
] as const satisfies readonly SharedKind[];

/** The other campuses the failure is at too: null where ambulances are as at this one. */
export type Campuses = Readonly<Record<string, IntakeGate | null>>;
export type SharedDraft = { campuses: Campuses; kind: SharedKind; name: string };

type Place = Pick<Site, 'smur_base'>;

/** What the campuses have in common, as far as the registry knows. */
export function commonKind(sites: readonly Pick<Site, 'hospital' | 'network'>[]): SharedKind {
  const first = sites[0];
  if (first && sites.every((one) => one.hospital.id === first.hospital.id)) return 'hospital';
  if (first?.network && sites.every((one) => one.network === first.network)) return 'network';
  return 'supplier';
}

export function incident(
  shared: SharedDraft,
  here: string,
  draft: Draft,
  said: Declaration,
  sites: ReadonlyMap<string, Place>,
): IncidentForm {
  const others = Object.keys(shared.campuses);
  const differences = others.flatMap((id) => {
    const other = difference(draft, said, shared.campuses[id] ?? null, sites.get(id));
    return other ? [[id, other] as const] : [];
  });
  return {
    kind: shared.kind,
    name: shared.name.trim(),
    sites: [here, ...others],
    declaration: said,
    differences: Object.fromEntries(differences),
  };
}

type Difference = NonNullable<IncidentForm['differences']>[string];

/** All gates of a campus are told anew where one differs: a difference replaces them as a whole. */
function difference(
  draft: Draft,
  said: Declaration,
  ambulances: IntakeGate | null,
  site: Place | undefined,
): Difference | null {
  const own = ambulances === null ? draft : { ...draft, intake: ambulances };
  const gates = gatesOf(own, site ?? { smur_base: null });
  const state = own.intake === 'suspected' ? 'suspected' : 'active';
  const same =
    state === said.state &&
    (Object.keys(gates) as (keyof typeof gates)[]).every(
      (gate) => gates[gate] === said.gates[gate],
    );
  return same ? null : { gates, state };
}
