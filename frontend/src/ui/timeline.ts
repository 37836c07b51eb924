// What became of an episode, entry by entry, as a person reads it in five seconds: what changed stands first,
// who said it after. Codes go in, catalogue keys and values come out; nothing here knows a language.
import type { Cause, Names, Region } from '../api/wire';
import { has, nameIn, t, word } from '../i18n';
import { moment } from '../i18n/format';
import { gateTone, type Tone } from './status';

export type Changed = {
  what: string;
  name: string | null;
  before: unknown;
  after: unknown;
};
export type TimelineEntry = {
  seq: number;
  /** when it was recorded, and when it was said */
  at: string;
  said_at: string;
  kind: string;
  by: { kind: string; name: string; role: string | null };
  changed: readonly Changed[];
  words: string | null;
};
export type EpisodeTimeline = { diversion_id: string; entries: readonly TimelineEntry[] };
export type PastEpisode = {
  id: string;
  cause: Cause;
  state: string;
  declared_at: string;
  ended_at: string | null;
  incident: string | null;
};
export type PastEpisodes = { site_id: string; episodes: readonly PastEpisode[] };

/** One thing that changed; ``glyph`` where its new value has a shape of its own, by the key of its word. */
export type Line = {
  label: string;
  before: string | null;
  after: string | null;
  glyph: { tone: Tone; word: string } | null;
};
export type Told = {
  seq: number;
  at: string;
  /** set when it was said well before it was recorded, as after a telephone call */
  saidAt: string | null;
  /** the key of its word, with the shape beside it */
  title: string;
  tone: Tone;
  by: string;
  lines: readonly Line[];
  words: string | null;
};

/** Said this long before it was recorded, the two moments are told apart. */
export const APART_MS = 60_000;

const TITLE_TONE: Record<string, Tone> = {
  'diversion.declared': 'diverted',
  'diversion.unconfirmed': 'unknown',
  'diversion.reopening_asked': 'reopening',
  'diversion.reopening_declined': 'limited',
  'diversion.suspended': 'limited',
  'diversion.lifted': 'open',
  'diversion.withdrawn': 'open',
};
/** Told by the entry itself: a line of its own would say it twice. */
const SAID_BY_TITLE: Record<string, readonly string[]> = {
  'diversion.seen': ['seen'],
  'diversion.attested': ['attested', 'unconfirmed'],
  'diversion.confirmed': ['confirmed', 'attested'],
  'diversion.unconfirmed': ['unconfirmed'],
  'diversion.lifted': ['state', 'reopening'],
  'diversion.withdrawn': ['state'],
  'diversion.reopening_declined': ['reopening'],
};
const LEVEL_TONE: Record<string, Tone> = {
  normal: 'open',
  degraded: 'limited',
  manual: 'limited',
  down: 'diverted',
};

/** The newest first: what holds now is what a reader wants. */
export function timeline(
  entries: readonly TimelineEntry[],
  region: Pick<Region, 'capabilities'> | null,
  now: number,
): Told[] {
  return [...entries].sort((a, b) => b.seq - a.seq).map((one) => tell(one, region, now));
}

function tell(
  entry: TimelineEntry,
  region: Pick<Region, 'capabilities'> | null,
  now: number,
): Told {
  const silent = SAID_BY_TITLE[entry.kind] ?? [];
  const apart = Date.parse(entry.at) - Date.parse(entry.said_at) >= APART_MS;
  return {
    seq: entry.seq,
    at: entry.at,
    saidAt: apart ? entry.said_at : null,
    title: titleOf(entry),
    tone: TITLE_TONE[entry.kind] ?? 'unknown',
    by: author(entry.by),
    lines: entry.changed
      .filter((one) => !silent.includes(one.what))
      .map((one) => line(one, region, now))
      .filter((one): one is Line => one !== null),
    words: entry.words || null,
  };
}

/** A partial resumption that 112 agreed to is an amendment like any other to the record, not to a reader. */
export function titleOf(entry: Pick<TimelineEntry, 'kind' | 'changed'>): string {
  const agreed = entry.kind === 'diversion.amended' && isAgreed(entry.changed);
  const code = agreed ? 'agreed' : entry.kind.replace('diversion.', '');
  return has(`timeline:event.${code}`) ? `timeline:event.${code}` : 'timeline:event.other';
}

function isAgreed(changed: readonly Changed[]): boolean {
  return (
    changed.some((one) => one.what === 'reopening' && one.before !== null && one.after === null) &&
    changed.some((one) => ['gate', 'capability', 'accepts'].includes(one.what))
  );
}

export function author(by: TimelineEntry['by']): string {
  const role = by.role ?? (by.kind === 'clock' ? 'clock' : null);
  const known = role !== null && has(`common:role.${role}`) ? t(`common:role.${role}`) : null;
  if (by.kind === 'clock') return known ?? by.name;
  return known ? `${by.name} (${known})` : by.name;
}

function line(one: Changed, region: Pick<Region, 'capabilities'> | null, now: number): Line | null {
  switch (one.what) {
    case 'gate':
      return {
        label: word('common:gate', String(one.name)),
        before: one.before === null ? null : gateWord(one.before),
        after: gateWord(one.after),
        glyph:
          one.after === null
            ? null
            : shaped(gateTone(one.after as never), 'common:gate_value', one.after),
      };
    case 'service':
      return {
        label: word('common:service', String(one.name)),
        before: levelWord(one.before),
        after: levelWord(one.after),
        glyph: shaped(LEVEL_TONE[levelOf(one.after) ?? ''], 'common:level', levelOf(one.after)),
      };
    case 'capability':
      return list(t('timeline:what.capability'), one, region);
    case 'accepts':
      return list(t('timeline:what.accepts'), one, region);
    case 'state':
      return codes('timeline:what.state', 'common:diversion_state', one);
    case 'cause':
      return codes('timeline:what.cause', 'common:cause', one);
    case 'expected_end':
    case 'suspended':
    case 'unconfirmed':
      return moments(`timeline:what.${one.what}`, one, now);
    case 'dispute':
      return plain(
        t('timeline:what.dispute', {
          x: word('common:gate', String(one.name ?? '')),
        }),
        null,
        one.after === null ? t('timeline:settled') : null,
      );
    case 'embargo':
    case 'plan':
      return plain(t(`timeline:what.${one.what}`), yesNo(one.before), yesNo(one.after));
    case 'contact':
      return plain(
        t('timeline:what.contact'),
        text(one.before),
        text(one.after) ?? t('common:none'),
      );
    case 'reopening':
      return one.after === null
        ? plain(t('timeline:what.reopening'), null, t('timeline:taken_back'))
        : plain(t('timeline:what.reopening'), null, extent(one.after));
    case 'seen':
    case 'attested':
    case 'confirmed':
      // By whom stands in the entry's own line.
      return null;
    default:
      return null;
  }
}

function plain(label: string, before: string | null, after: string | null): Line {
  return { label, before, after, glyph: null };
}

function shaped(tone: Tone | undefined, group: string, code: unknown): Line['glyph'] {
  const key = `${group}.${String(code)}`;
  return tone !== undefined && has(key) ? { tone, word: key } : null;
}

function gateWord(value: unknown): string {
  return word('common:gate_value', value === null ? 'unchanged' : String(value));
}

function levelOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'level' in value) return String(value.level);
  return null;
}

function levelWord(value: unknown): string | null {
  const level = levelOf(value);
  return level === null ? null : word('common:level', level);
}

function codes(label: string, group: string, one: Changed): Line {
  const told = (value: unknown) => (value === null ? null : word(group, String(value)));
  return plain(t(label), told(one.before), told(one.after));
}

function moments(label: string, one: Changed, now: number): Line {
  const told = (value: unknown) => (typeof value === 'string' ? moment(value, now) : null);
  return plain(t(label), told(one.before), told(one.after) ?? t('common:none'));
}

function yesNo(value: unknown): string | null {
  if (typeof value !== 'boolean') return null;
  return t(value ? 'common:yes' : 'common:no');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function extent(value: unknown): string | null {
  const how =
    typeof value === 'object' && value !== null && 'extent' in value ? value.extent : value;
  return typeof how === 'string' && has(`timeline:extent.${how}`)
    ? t(`timeline:extent.${how}`)
    : null;
}

/** Added or taken away, by name; a code is one code or a list of them. */
function list(label: string, one: Changed, region: Pick<Region, 'capabilities'> | null): Line {
  const named = one.name === null ? null : capability(one.name, region);
  if (named !== null) {
    const gone = one.after === null || one.after === false;
    return plain(
      `${label}${t('common:colon')} ${named}`,
      null,
      gone ? t('timeline:no_longer') : null,
    );
  }
  const many = (value: unknown) =>
    Array.isArray(value) && value.length > 0
      ? value.map((code) => capability(String(code), region)).join(', ')
      : t('common:none');
  return plain(label, many(one.before), many(one.after));
}

function capability(code: string, region: Pick<Region, 'capabilities'> | null): string {
  const known = region?.capabilities.find((one) => one.code === code);
  return known ? nameIn(known.name as Names) : code;
}
