// What a dispatcher must know about a hospital before sending anybody there, though its gate is open.
import type { Diversion, Presence, Site } from '../api/wire';
import { isOverdue } from '../ui/status';

export type Caution = 'quarantined' | 'unconfirmed' | 'disputed' | 'silent' | 'muted' | 'never';

/** Where nobody has ever had a screen nothing has failed: said, but not as a warning. */
export const isWarning = (caution: Caution): boolean => caution !== 'never';

export function cautionsOf(
  site: Site,
  presence: Presence | undefined,
  running: readonly Diversion[],
  nowMs: number,
): Caution[] {
  const heard = presence?.state ?? 'never';
  return [
    ...(site.quarantined_at ? (['quarantined'] as const) : []),
    ...(running.some((one) => isOverdue(one, nowMs)) ? (['unconfirmed'] as const) : []),
    ...(disputedGates(site).length > 0 ? (['disputed'] as const) : []),
    ...(heard === 'live' ? [] : [heard]),
  ];
}

type Picture = {
  readonly sites: ReadonlyMap<string, Site>;
  readonly diversions: ReadonlyMap<string, Diversion>;
  readonly presences: ReadonlyMap<string, Presence>;
};

export function cautionsBySite(
  picture: Picture,
  nowMs: number,
): ReadonlyMap<string, readonly Caution[]> {
  const running = [...picture.diversions.values()].filter((one) => one.ended_at === null);
  return new Map(
    [...picture.sites.values()].map((site) => {
      const here = running.filter((one) => one.site_id === site.id);
      return [site.id, cautionsOf(site, picture.presences.get(site.id), here, nowMs)];
    }),
  );
}

/** When what is declared at each site was last confirmed: of several declarations the one longest ago. */
export function attestedBySite(
  diversions: ReadonlyMap<string, Diversion>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { site_id, attested_at, ended_at } of diversions.values()) {
    if (ended_at !== null) continue;
    const at = Date.parse(attested_at);
    found.set(site_id, Math.min(at, found.get(site_id) ?? at));
  }
  return found;
}

export const GATES = ['ambulances', 'smur_destination', 'smur_base', 'walk_ins'] as const;
export type Gate = (typeof GATES)[number];

export function disputedGates(site: Site): Gate[] {
  return GATES.filter((gate) => site.gates[gate].disputed.length > 0);
}

/** Patients a restricted site takes all the same, whatever vehicle brings them. */
export function acceptedAt(site: Site): string[] {
  const { ambulances, smur_destination } = site.gates;
  return [...new Set([...ambulances.accepts, ...smur_destination.accepts])].sort();
}
