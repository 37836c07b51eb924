// Which places with many casualties ask a hospital what it can take.
import type { MassCasualty } from '../api/wire';

/** The oldest first; those it has answered stay, to be changed. */
export function asking(casualties: Iterable<MassCasualty>, siteId: string): MassCasualty[] {
  return [...casualties]
    .filter((one) => one.sites.includes(siteId))
    .sort((a, b) => a.opened_at.localeCompare(b.opened_at));
}

export const isOpenTo = (casualty: MassCasualty, siteId: string): boolean =>
  !Object.hasOwn(casualty.offers, siteId);
