// The table's rows: whatever is not plainly open stands first, then the alphabet; the same sites and
// the same numbers as the map, always all of them.
import type { Diversion, Language, Presence, Site } from '../api/wire';
import { nameIn } from '../i18n';
import { type SiteStatus, siteStatus } from '../ui/status';

export type HospitalRow = {
  readonly site: Site;
  readonly status: SiteStatus;
  readonly running: readonly Diversion[];
  readonly presence: Presence | undefined;
  readonly inbound: number;
};

export type HospitalPicture = {
  readonly sites: ReadonlyMap<string, Site>;
  readonly diversions: ReadonlyMap<string, Diversion>;
  readonly presences: ReadonlyMap<string, Presence>;
};

const RANK: Record<string, number> = { diverted: 0, limited: 1, reopening: 2, unknown: 3, open: 4 };

export function hospitalRows(
  picture: HospitalPicture,
  inbound: ReadonlyMap<string, number>,
  nowMs: number,
  language: Language,
): HospitalRow[] {
  const running = groupBySite(picture.diversions);
  return [...picture.sites.values()]
    .map((site) => {
      const here = running.get(site.id) ?? [];
      const presence = picture.presences.get(site.id);
      const status = siteStatus(site, presence, here, nowMs);
      return { site, status, running: here, presence, inbound: inbound.get(site.id) ?? 0 };
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        nameIn(a.site.short, language).localeCompare(nameIn(b.site.short, language), language),
    );
}

function rank(row: HospitalRow): number {
  // A silent screen alone is a reason to call, not a reason to reshuffle the table.
  const quiet = row.running.length === 0 && row.site.condition === 'open';
  return quiet ? (RANK.open ?? 0) : (RANK[row.status.tone] ?? 0);
}

function groupBySite(diversions: ReadonlyMap<string, Diversion>): ReadonlyMap<string, Diversion[]> {
  const found = new Map<string, Diversion[]>();
  for (const diversion of diversions.values()) {
    if (diversion.ended_at !== null) continue;
    found.set(diversion.site_id, [...(found.get(diversion.site_id) ?? []), diversion]);
  }
  for (const list of found.values())
    list.sort((a, b) => a.declared_at.localeCompare(b.declared_at));
  return found;
}

/** Gates that are not plainly open, in the order a dispatcher asks. */
export function restrictedGates(site: Site): { gate: keyof Site['gates']; value: string }[] {
  const order = ['ambulances', 'smur_destination', 'smur_base', 'walk_ins'] as const;
  return order
    .map((gate) => ({ gate, value: site.gates[gate].value as string }))
    .filter(({ value }) => value !== 'open' && value !== 'available');
}
