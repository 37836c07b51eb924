// What became of an episode, entry by entry, as a person reads it in five seconds: what changed stands first,
// who said it after. Codes go in, catalogue keys and values come out; nothing here knows a language.
import type { Changed, Region, TimelineEntry } from '../api/wire';
import { has, nameIn, t, word } from '../i18n';
import { moment } from '../i18n/format';
import { gateTone, type Tone } from './status';

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
  tone: Tone | null;
  by: string;
  lines: readonly Line[];
  words: string | null;
};

type Place = Pick<Region, 'capabilities'> | null;
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
  'diversion.reopening_asked': ['state'],
  'diversion.reopening_declined': ['reopening'],
};
const LEVEL_TONE: Record<string, Tone> = {
  normal: 'open',
  degraded: 'limited',
  manual: 'limited',
  down: 'diverted',
};

/** The newest first: what holds now is what a reader wants. */
export function timeline(entries: readonly TimelineEntry[], region: Place, now: number): Told[] {
  return [...entries].sort((a, b) => b.seq - a.seq).map((one) => tell(one, region, now));
}

function tell(entry: TimelineEntry, region: Place, now: number): Told {
  const silent = SAID_BY_TITLE[entry.kind] ?? [];
  const apart = Date.parse(entry.at) - Date.parse(entry.said_at) >= APART_MS;
  return {
    seq: entry.seq,
    at: entry.at,
    saidAt: apart ? entry.said_at : null,
    title: titleOf(entry),
    tone: TITLE_TONE[entry.kind] ?? null,
    by: author(entry.by),
    lines: entry.changed
      .filter((one) => !silent.includes(one.what) && !isAsEver(one))
      .map((one) => line(one, region, now))
      .filter((one): one is Line => one !== null),
    words: entry.words || null,
  };
}

/** A declaration that leaves a gate open says nothing new about it; and that it is in force goes without saying. */
function isAsEver(one: Changed): boolean {
  if (one.what === 'state') return one.before === null && one.after === 'active';
  return one.what === 'gate' && one.before === null && gateTone(one.after as never) === 'open';
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
  const itself = by.kind === 'clock' || by.kind === 'system';
  const role = by.role ?? (itself ? by.kind : null);
  const known = role !== null && has(`common:role.${role}`) ? t(`common:role.${role}`) : null;
  if (itself) return known ?? by.name;
  return known ? `${by.name} (${known})` : by.name;
}

function line(one: Changed, region: Place, now: number): Line | null {
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
        glyph: shaped(LEVEL_TONE[one.after ?? ''], 'common:level', one.after),
      };
    case 'capability':
      return capabilityLine('timeline:what.capability', one, region);
    case 'accepts':
      return capabilityLine('timeline:what.accepts', one, region);
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
      return plain(t('timeline:what.contact'), one.before, one.after ?? t('common:none'));
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

function gateWord(value: string | null): string {
  return word('common:gate_value', value ?? 'unchanged');
}

function levelWord(value: string | null): string | null {
  return value === null ? null : word('common:level', value);
}

function codes(label: string, group: string, one: Changed): Line {
  const told = (value: string | null) => (value === null ? null : word(group, value));
  return plain(t(label), told(one.before), told(one.after));
}

function moments(label: string, one: Changed, now: number): Line {
  const told = (value: string | null) => (value === null ? null : moment(value, now));
  return plain(t(label), told(one.before), told(one.after) ?? t('common:none'));
}

function yesNo(value: string | null): string | null {
  return value === null ? null : t(value === 'yes' ? 'common:yes' : 'common:no');
}

function extent(value: string): string {
  return word('timeline:extent', value);
}

/** A capability that became closed or accepted, or no longer is. */
function capabilityLine(label: string, one: Changed, region: Place): Line {
  const named = `${t(label)}${t('common:colon')} ${capability(String(one.name), region)}`;
  return plain(named, null, one.after === null ? t('timeline:no_longer') : null);
}

function capability(code: string, region: Place): string {
  const known = region?.capabilities.find((one) => one.code === code);
  return known ? nameIn(known.name) : code;
}
