// One place decides which shape and colour a status wears; a silent screen or an overdue
// declaration turns "open" into "unknown", never the other way round.
import type { Condition, Diversion, GateName, Gates, Presence, Site } from '../api/wire';

export type Tone = 'open' | 'limited' | 'diverted' | 'reopening' | 'unknown';

const CONDITION_TONE: Record<Condition, Tone> = {
  open: 'open',
  limited: 'limited',
  diverted: 'diverted',
  reopening: 'reopening',
  suspected: 'unknown',
};

export function conditionTone(condition: Condition): Tone {
  return CONDITION_TONE[condition] ?? 'unknown';
}

const GATE_TONE: Record<string, Tone> = {
  open: 'open',
  available: 'open',
  life_threatening: 'limited',
  vital_only: 'limited',
  closed: 'diverted',
  withdrawn: 'diverted',
};

export function gateTone(value: Gates[GateName]): Tone {
  return value === null ? 'unknown' : (GATE_TONE[value] ?? 'unknown');
}

/** What one gate of a site is said to be. Contradicting reports, and silence while something is
 *  declared there, are never "open", which is the one word a tired eye would take. */
export function gateStatus(
  gate: GateName,
  site: Pick<Site, 'gates'>,
  running: readonly Pick<Diversion, 'gates'>[],
): { tone: Tone; word: string } {
  const { value, disputed } = site.gates[gate];
  const tone = gateTone(value);
  if (tone === 'open' && disputed.length > 0)
    return { tone: 'unknown', word: 'common:condition.unknown' };
  if (tone === 'open' && running.length > 0 && running.every((one) => one.gates[gate] === null))
    return { tone, word: 'common:gate_unsaid' };
  return { tone, word: `common:gate_value.${value}` };
}

export function isOverdue(diversion: Diversion, nowMs: number): boolean {
  if (diversion.ended_at !== null) return false;
  return diversion.unconfirmed_since !== null || Date.parse(diversion.review_at) < nowMs;
}

export type SiteStatus = {
  tone: Tone;
  /** translation key of the word beside the glyph */
  word: string;
  /** a running declaration whose confirmation is overdue: the status stays, unconfirmed */
  unconfirmed: boolean;
};

export function siteStatus(
  site: Site,
  presence: Presence | undefined,
  running: readonly Diversion[],
  nowMs: number,
): SiteStatus {
  const unconfirmed = running.some((diversion) => isOverdue(diversion, nowMs));
  if (site.condition === 'open' && presence?.state === 'silent') {
    return { tone: 'unknown', word: 'common:condition.unknown', unconfirmed };
  }
  const tone = conditionTone(site.condition);
  return { tone, word: `common:condition.${site.condition}`, unconfirmed };
}

export function runningAt(
  siteId: string,
  diversions: ReadonlyMap<string, Diversion>,
): readonly Diversion[] {
  return [...diversions.values()]
    .filter((diversion) => diversion.site_id === siteId && diversion.ended_at === null)
    .sort((a, b) => a.declared_at.localeCompare(b.declared_at));
}
