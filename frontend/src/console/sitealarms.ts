// What hospitals give cause for. The episodes of one failure are one alarm, however many sites; so
// are the sites of one network that fall silent together; and no alarm ever ends by being old.
import type { Diversion, MassCasualty, Presence, Question, Site, Transport } from '../api/wire';
import type { Priority } from '../ui/annunciator';
import { isOverdue } from '../ui/status';
import { headingTo, type Picture } from './affected';
import { type Alarm, alarm, type Rules } from './alarms';

/** Sites that lose contact within this time of the first have lost it together. */
export const TOGETHER_MS = 120_000;

export function siteAlarms(picture: Picture, nowMs: number, rules: Rules): Alarm[] {
  const running = [...picture.diversions.values()].filter((one) => one.ended_at === null);
  return [
    ...failures(running).flatMap((episodes) => failureAlarms(episodes, nowMs)),
    ...running.flatMap(reopeningAlarms),
    ...contactAlarms(picture, running, rules),
    ...[...picture.questions.values()].flatMap(questionAlarms),
    ...[...picture.casualties.values()].flatMap(capacityAlarms),
    ...warnings(picture, nowMs, rules),
    ...[...picture.sites.values()].flatMap(quarantineAlarms),
  ];
}

/** Episodes of one incident together, the first declared first; an episode without one is alone. */
export function failures(running: readonly Diversion[]): Diversion[][] {
  const found = new Map<string, Diversion[]>();
  for (const one of running) {
    const key = one.incident ?? one.id;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()].map((episodes) =>
    episodes.sort((a, b) => a.site_id.localeCompare(b.site_id)),
  );
}

/** What names a failure on this desk, whoever tells of it: what it has told since is another name, and calls again. */
export function failureKey(one: Pick<Diversion, 'id' | 'incident' | 'news_at'>): string {
  return `failure/${one.incident ?? one.id}/${one.news_at}`;
}

/** Whom it keeps out decides what it is called: a suspicion closes nothing, and nobody should read that it does. */
function formOf(one: Diversion): Alarm['form'] {
  const gates = Object.values(one.gates).filter((value) => value !== null && !ADMITS.has(value));
  if (gates.length + one.closed_capabilities.length + one.disputes.length === 0)
    return one.state === 'suspected' ? 'suspected' : 'unrestricted';
  return one.news_at > one.declared_at ? 'stricter' : null;
}

const ADMITS = new Set(['open', 'available']);

function failureAlarms(episodes: readonly Diversion[], nowMs: number): Alarm[] {
  const [first] = episodes;
  if (!first) return [];
  const unseen = episodes.filter((one) => one.seen_at === null);
  const overdue = episodes.filter((one) => one.seen_at !== null && isOverdue(one, nowMs));
  const name = first.shared?.name ?? null;
  const about = (some: readonly Diversion[]) => ({
    siteIds: some.map((one) => one.site_id),
    diversionId: some[0]?.id ?? null,
    name,
  });
  const key = first.incident ?? first.id;
  const told: Alarm[] = [];
  const latest = [...unseen].sort((a, b) => b.news_at.localeCompare(a.news_at))[0];
  if (latest) {
    told.push(
      alarm('declaration', key, latest.news_at, {
        ...about(unseen),
        id: failureKey(latest),
        keys: [...new Set(unseen.map(failureKey))],
        form: formOf(latest),
      }),
    );
  }
  if (overdue.length > 0) {
    const since = overdue.map((one) => one.unconfirmed_since ?? one.review_at).sort()[0] ?? '';
    const keys = overdue.map((one) => `attestation/${one.id}/${one.review_at}`);
    told.push(alarm('attestation', `${key}/${since}`, since, { ...about(overdue), keys }));
  }
  return told;
}

function reopeningAlarms(one: Diversion): Alarm[] {
  if (!one.reopening) return [];
  const subject = { siteId: one.site_id, diversionId: one.id };
  return [
    alarm(
      'reopening_asked',
      `${one.id}/${one.reopening.asked_at}`,
      one.reopening.asked_at,
      subject,
    ),
  ];
}

function contactAlarms(picture: Picture, running: readonly Diversion[], rules: Rules): Alarm[] {
  const silent = [...picture.presences.values()].filter((one) => one.state === 'silent');
  return together(silent, picture.sites).map((lost) => {
    const siteIds = lost.map((one) => one.id);
    const priorities = siteIds.map((id) => urgencyOf(id, picture, running));
    // Its last beat came that long before its silence was noticed.
    const since = lostAt(lost[0] as Presence) - rules.silent_after_s * 1000;
    return alarm('no_contact', `${siteIds[0]}/${since}`, since, {
      siteIds,
      keys: lost.map((one) => `no_contact/${one.id}/${one.since}`),
      priority: Math.min(...priorities) as Priority,
    });
  });
}

const lostAt = (one: Presence) => (one.since === null ? 0 : Date.parse(one.since));

/** Silent sites by what they share (network, else hospital), those lost within two minutes together. */
function together(silent: readonly Presence[], sites: ReadonlyMap<string, Site>): Presence[][] {
  const clusters = new Map<string, Presence[][]>();
  for (const one of [...silent].sort((a, b) => lostAt(a) - lostAt(b) || a.id.localeCompare(b.id))) {
    const site = sites.get(one.id);
    const shared = site?.network ?? site?.hospital.id ?? one.id;
    const known = clusters.get(shared) ?? [];
    const last = known.at(-1);
    if (last?.[0] && lostAt(one) - lostAt(last[0]) <= TOGETHER_MS) last.push(one);
    else clusters.set(shared, [...known, [one]]);
  }
  return [...clusters.values()].flat();
}

/** A site that suspected something and then fell silent may have lost everything at once. */
function urgencyOf(siteId: string, picture: Picture, running: readonly Diversion[]): Priority {
  const suspected = running.some((one) => one.site_id === siteId && one.state === 'suspected');
  const bound = (one: Transport) => headingTo(one) === siteId;
  if (suspected && [...picture.transports.values()].some(bound)) return 1;
  return suspected || picture.sites.get(siteId)?.condition === 'limited' ? 2 : 3;
}

/** Who was asked and has not answered, in the order of the question. */
export function stragglers(one: Question): string[] {
  return one.sites.filter((id) => !Object.hasOwn(one.answers, id));
}

function questionAlarms(one: Question): Alarm[] {
  const siteIds = stragglers(one);
  if (one.overdue_at === null || siteIds.length === 0) return [];
  const subject = { siteIds, n: siteIds.length, all: one.sites.length, questionId: one.id };
  return [alarm('question_overdue', one.id, one.overdue_at, subject)];
}

/** Who was asked what they can take of many casualties, and has not said so. */
export function unanswered(one: MassCasualty): string[] {
  return one.sites.filter((id) => !Object.hasOwn(one.offers, id));
}

function capacityAlarms(one: MassCasualty): Alarm[] {
  const siteIds = unanswered(one);
  if (one.overdue_at === null || siteIds.length === 0) return [];
  const subject = { siteIds, n: siteIds.length, all: one.sites.length, casualtyId: one.id };
  // Asked again and again late is late anew.
  return [alarm('capacity_overdue', `${one.id}/${one.overdue_at}`, one.overdue_at, subject)];
}

const RECEIVES_ALL = new Set(['general', 'belt']);

/** What nobody declared, and the supervisor should know: too many closed, or one for too long. */
function warnings(picture: Picture, nowMs: number, rules: Rules): Alarm[] {
  const departments = [...picture.sites.values()].filter((one) =>
    RECEIVES_ALL.has(one.destination),
  );
  const closed = departments
    .filter((one) => one.gates.ambulances.value === 'closed')
    .sort((a, b) => closedSince(a) - closedSince(b));
  return [
    ...shareAlarms(closed, departments.length, rules),
    ...longAlarms(closed, picture, nowMs, rules),
  ];
}

const closedSince = (site: Site) => Date.parse(site.gates.ambulances.since ?? '') || 0;

function shareAlarms(closed: readonly Site[], all: number, rules: Rules): Alarm[] {
  const percent = rules.alarm_closed_percent;
  if (percent === 0 || all === 0 || closed.length * 100 < percent * all) return [];
  const crossing = closed[Math.max(1, Math.ceil((percent * all) / 100)) - 1];
  const subject = { n: closed.length, all };
  // One name for as long as it lasts: another site that closes crosses nothing.
  return [alarm('closed_share', 'region', crossing ? closedSince(crossing) : 0, subject)];
}

/** The sites of one failure, closed at one moment, are one warning. */
function longAlarms(
  closed: readonly Site[],
  picture: Picture,
  nowMs: number,
  rules: Rules,
): Alarm[] {
  const limit = rules.alarm_long_hours * 3_600_000;
  if (limit === 0) return [];
  const long = closed.filter((one) => closedSince(one) > 0 && nowMs - closedSince(one) >= limit);
  const byCause = new Map<string, Site[]>();
  for (const one of long) {
    const because = picture.diversions.get(one.gates.ambulances.because[0] ?? '');
    const cause = because ? failureKey(because) : one.id;
    byCause.set(cause, [...(byCause.get(cause) ?? []), one]);
  }
  return [...byCause].map(([cause, sites]) => {
    const siteIds = sites.map((one) => one.id);
    const keys = sites.map((one) => `closed_long/${one.id}/${closedSince(one)}`);
    const since = closedSince(sites[0] as Site) + limit;
    return alarm('closed_long', cause, since, { siteIds, keys, n: rules.alarm_long_hours });
  });
}

function quarantineAlarms(site: Site): Alarm[] {
  if (!site.quarantined_at) return [];
  const subject = { siteId: site.id, name: site.quarantined_by };
  return [alarm('quarantine', `${site.id}/${site.quarantined_at}`, site.quarantined_at, subject)];
}
