// Invariant: a hospital mark says what the table says and no more: a picture that may be out of date
// shows its last known status as unknown.
import type { Diversion, Language, Presence, Site } from '../api/wire';
import { disputedGates } from '../console/cautions';
import { nameIn, t } from '../i18n';
import { runningAt, siteStatus, type Tone } from '../ui/status';
import { type LonLat, type Point, type View, worldPoint } from './mercator';
import type { Box, Pin, Placed } from './placement';
import { NAME_PX, PIN, SMALL_PIN, WORDS_PX } from './sizes';

export interface Mark {
  id: string;
  lon: number;
  lat: number;
  belt: boolean;
  tone: Tone;
  name: string;
  /** Second line: the status word when it is not open, a silent screen, an overdue confirmation. */
  words: string;
  /** What a screen reader says: first what the eye reads (whoever dictates clicks says that), then
   *  the full name. */
  spoken: string;
  silent: boolean;
  /** Its name stays on the map however crowded it is. */
  must: boolean;
}

export interface MarkFacts {
  sites: ReadonlyMap<string, Site>;
  diversions: ReadonlyMap<string, Diversion>;
  presences: ReadonlyMap<string, Presence>;
  /** The picture is older than it may be, or only the one kept from before. */
  stale: boolean;
  now: number;
  language: Language;
}

export function marksOf(facts: MarkFacts): Mark[] {
  return [...facts.sites.values()]
    .map((site) => markOf(site, facts))
    .sort((a, b) => Number(a.belt) - Number(b.belt) || a.name.localeCompare(b.name));
}

function markOf(site: Site, facts: MarkFacts): Mark {
  const presence = facts.presences.get(site.id);
  const status = siteStatus(site, presence, runningAt(site.id, facts.diversions), facts.now);
  const silent = presence?.state === 'silent' && !facts.stale;
  const now = [
    ...(status.tone === 'open' || (silent && status.tone === 'unknown') ? [] : [t(status.word)]),
    ...(status.unconfirmed ? [t('common:condition.unconfirmed')] : []),
    ...(disputedGates(site).length > 0 ? [t('desk:caution.disputed')] : []),
    ...(site.quarantined_at ? [t('desk:caution.quarantined')] : []),
    ...(silent ? [t('map:screen_silent')] : []),
  ];
  const known = [t('common:last_known', { status: t(status.word) })];
  // In a stale picture the hatched mark alone says so for those that were open.
  const stale = site.condition === 'open' ? [] : known;
  const words = facts.stale ? stale : now;
  const name = nameIn(site.short, facts.language);
  const said = facts.stale ? known : now.length ? now : [t(status.word)];
  return {
    id: site.id,
    lon: site.lon,
    lat: site.lat,
    belt: site.zone === 'belt',
    tone: facts.stale ? 'unknown' : status.tone,
    name,
    words: words.join(' · '),
    must: words.length > 0,
    spoken: `${name} ${said.join(' · ')}, ${nameIn(site.name, facts.language)}`,
    silent,
  };
}

export interface Text {
  measure(text: string, font: string): number;
  family: string;
}

const NAME_LINE = 15;
const WORDS_LINE = 13;
const SIDES = 5;

export function tagSize(mark: Mark, text: Text): { w: number; h: number } {
  const name = text.measure(mark.name, `600 ${NAME_PX}px ${text.family}`);
  const words = mark.words ? text.measure(mark.words, `600 ${WORDS_PX}px ${text.family}`) : 0;
  return {
    w: Math.ceil(Math.max(name, words)) + 2 * SIDES,
    h: NAME_LINE + (mark.words ? WORDS_LINE : 0) + 3,
  };
}

const WEIGHT: Record<Tone, number> = {
  diverted: 5,
  limited: 4,
  unknown: 3,
  reopening: 3,
  open: 1,
};

/** `crowded`: the region is small on screen, so open hospitals become smaller dots. */
export function pinsOf(
  marks: readonly Mark[],
  zoom: number,
  origin: LonLat,
  text: Text,
  crowded: boolean,
): Pin[] {
  return marks.map((mark) => {
    const at = onPlane(mark.lon, mark.lat, zoom, origin);
    const weight = WEIGHT[mark.tone] - (mark.belt ? 0.5 : 0);
    const size = crowded && !mark.must ? SMALL_PIN : PIN;
    return { id: mark.id, ...at, ...tagSize(mark, text), size, weight, must: mark.must };
  });
}

/** Pixels from the origin: a plane that only shifts while one pans. */
export function onPlane(lon: number, lat: number, zoom: number, [lon0, lat0]: LonLat): Point {
  const a = worldPoint(lon, lat, zoom);
  const b = worldPoint(lon0, lat0, zoom);
  return { x: a.x - b.x, y: a.y - b.y };
}

/** Where the plane's origin is on screen. */
export function planeShift(view: View, [lon0, lat0]: LonLat): Point {
  const at = onPlane(lon0, lat0, view.zoom, [view.lon, view.lat]);
  return { x: at.x + view.width / 2, y: at.y + view.height / 2 };
}

/** Boxes of pin and tag on the plane at this zoom. */
export function markBoxes(
  marks: readonly Mark[],
  placed: ReadonlyMap<string, Placed>,
  pins: ReadonlyMap<string, Pin>,
  zoom: number,
  origin: LonLat,
): Box[] {
  return marks.flatMap((mark) => {
    const [spot, pin] = [placed.get(mark.id), pins.get(mark.id)];
    if (!spot || !pin) return [];
    const place = onPlane(mark.lon, mark.lat, zoom, origin);
    const at = { x: place.x + spot.pin.x, y: place.y + spot.pin.y };
    const half = pin.size / 2;
    const body = { x: at.x - half, y: at.y - half, w: pin.size, h: pin.size };
    const tag = { x: at.x + spot.label.x, y: at.y + spot.label.y, w: pin.w, h: pin.h };
    return spot.named ? [body, tag] : [body];
  });
}
