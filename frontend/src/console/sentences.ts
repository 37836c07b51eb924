// The log speaks in sentences of the reader's language, built from the event's codes; what cannot
// be named is shown as its code rather than left out.
import { type LogEntry, type Site, URGENCIES, type Vehicle } from '../api/wire';
import { has, nameIn, t, word } from '../i18n';
import { moment } from '../i18n/format';
import { listed } from './alarmtext';
import { gatesSaid } from './said';

export type Names = {
  readonly sites: ReadonlyMap<string, Site>;
  readonly vehicles: ReadonlyMap<string, Vehicle>;
};

type Fact = LogEntry['fact'];

/** A newer server may tell of what this page has no sentence for. */
type Told = Omit<LogEntry, 'kind'> & { kind: string };

export function sentence(entry: Told, names: Names): string {
  const key = `console:event.${form(entry)}`;
  if (!has(key)) return entry.kind;
  return t(key, values(entry.fact, names)) + tail(entry.fact);
}

/** The same kind of event reads otherwise by what led to it. */
function form({ kind, fact }: Told): string {
  if (kind === 'log.restored' && fact.lost_to) return 'log.lost';
  if (kind === 'diversion.lifted' && fact.reopening) return 'diversion.reopened';
  if (kind === 'diversion.amended' && fact.reopening) return 'diversion.partly_reopened';
  return kind === 'diversion.lifted' && fact.reason === OVER_TIME ? 'diversion.expired' : kind;
}

/** The code of a reason, not anybody's words. */
const OVER_TIME = 'overload_limit';

export function actorOf(entry: Pick<LogEntry, 'actor'>): string {
  if (entry.actor.kind === 'clock' || entry.actor.kind === 'system')
    return t(`common:role.${entry.actor.kind}`);
  return entry.actor.role
    ? `${entry.actor.name} (${word('common:role', entry.actor.role)})`
    : entry.actor.name;
}

function values(fact: Fact, names: Names): Record<string, string> {
  return {
    site: siteName(fact.site ?? fact.destination, names),
    from: siteName(fact.from, names),
    to: siteName(fact.to, names),
    vehicle: vehicleName(fact, names),
    cause: code('common:cause', fact.cause),
    state: code(
      typeof fact.former === 'string' ? 'common:presence' : 'common:diversion_state',
      fact.state,
    ),
    urgency: code('common:urgency', fact.urgency),
    channel: code('common:channel', fact.channel),
    objection: code('console:objection', fact.objection),
    affected: String(Array.isArray(fact.affected) ? fact.affected.length : 0),
    place: typeof fact.place === 'string' ? fact.place : '',
    counts: counts(fact.counts ?? fact.offer),
    name: typeof fact.name === 'string' ? fact.name : '',
    bulletin: String(fact.bulletin ?? ''),
    gates: gates(fact.gates),
    answer: code('desk:state', fact.answer),
    missing: Array.isArray(fact.missing)
      ? listed(fact.missing.map((id) => siteName(id, names)))
      : '',
    changed: rules(fact.changed),
    until: typeof fact.until === 'string' ? moment(fact.until, Date.now()) : t('common:unknown'),
    first: String(Number(fact.after ?? 0) + 1),
    last: String(fact.lost_to ?? ''),
  };
}

/** T1 2, T2 –: a number for each urgency, or that it is not established. */
function counts(said: unknown): string {
  if (typeof said !== 'object' || said === null) return '';
  const numbers = said as Record<string, number | null>;
  return URGENCIES.map((one) => `${t(`common:triage.${one}`)} ${numbers[one] ?? '?'}`).join(', ');
}

function siteName(id: unknown, names: Names): string {
  if (typeof id !== 'string') return t('common:unknown');
  const site = names.sites.get(id);
  return site ? nameIn(site.short) : id;
}

function vehicleName(fact: Fact, names: Names): string {
  if (typeof fact.call_sign === 'string') return fact.call_sign;
  const known = typeof fact.vehicle === 'string' ? names.vehicles.get(fact.vehicle) : undefined;
  return known?.call_sign ?? String(fact.vehicle ?? t('common:unknown'));
}

function code(group: string, value: unknown): string {
  return typeof value === 'string' ? word(group, value) : t('common:unknown');
}

function gates(said: unknown): string {
  if (typeof said !== 'object' || said === null) return '';
  return gatesSaid(said).join(', ') || t('console:event.no_gate');
}

/** Each rule that changed, from what to what. */
function rules(changed: unknown): string {
  if (typeof changed !== 'object' || changed === null) return '';
  return Object.entries(changed as Record<string, [number, number]>)
    .map(([name, [before, after]]) => `${ruleName(name)} ${before} → ${after}`)
    .join(', ');
}

function ruleName(name: string): string {
  const cause = name.replace(/^review_minutes_/, '');
  if (cause !== name) return t('desk:policy.review_of', { cause: word('common:cause', cause) });
  const key = `desk:setting.${name}.title`;
  return has(key) ? t(key) : name;
}

/** Who called, and what somebody said in their own words, kept as they said it. */
function tail(fact: Fact): string {
  const said = fact.reason === OVER_TIME ? null : (fact.reason ?? fact.comment);
  const quoted =
    typeof said === 'string' && said !== '' ? ` — ${t('common:quoted', { x: said })}` : '';
  const called = typeof fact.called_by === 'string' ? fact.called_by : null;
  return `${called ? ` (${t('console:site.called_by', { x: called })})` : ''}${quoted}`;
}
