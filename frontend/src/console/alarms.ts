// An alarm means that a person has to act. Standing alarms are derived from the picture and vanish
// with their cause; passing ones are noted once when their event comes. One cause is one alarm.
import type { Channel, FeedEvent, Notice, Region } from '../api/wire';
import type { Freshness } from '../feed/freshness';
import type { Priority } from '../ui/annunciator';
import { crewCannot, crewOverdue, type Picture, type Row } from './affected';
import { siteAlarms } from './sitealarms';

export type AlarmKind =
  | 'offline'
  | 'expired'
  | 'declaration'
  | 'colleague'
  | 'ed_unanswered'
  | 'crew_overdue'
  | 'crew_cannot'
  | 'attestation'
  | 'question_overdue'
  | 'capacity_overdue'
  | 'casualties'
  | 'closed_share'
  | 'closed_long'
  | 'clock_dead'
  | 'concern'
  | 'channel_failing'
  | 'no_contact'
  | 'reopening_asked'
  | 'quarantine'
  | 'order_undone'
  | 'reopening';

export type Alarm = {
  readonly id: string;
  readonly priority: Priority;
  readonly kind: AlarmKind;
  readonly since: number;
  /** the first, or the only, site concerned */
  readonly siteId: string | null;
  readonly siteIds: readonly string[];
  /** what is heard when this alarm is heard: a cause that grows calls again for what is new */
  readonly keys: readonly string[];
  readonly transportId: string | null;
  readonly diversionId: string | null;
  readonly noticeId: string | null;
  readonly questionId: string | null;
  readonly casualtyId: string | null;
  readonly callSign: string | null;
  /** which of its sentences: whom an unanswered notice was told to, or what is declared */
  readonly form: 'supervisor' | 'nobody' | 'suspected' | 'unrestricted' | 'stricter' | null;
  /** what the sites have in common, who did it, or the channel's */
  readonly name: string | null;
  readonly n: number | null;
  readonly all: number | null;
};

const PRIORITY: Record<AlarmKind, Priority> = {
  offline: 1,
  expired: 1,
  declaration: 1,
  colleague: 1,
  ed_unanswered: 1,
  crew_overdue: 2,
  crew_cannot: 2,
  attestation: 2,
  question_overdue: 2,
  capacity_overdue: 2,
  casualties: 2,
  closed_share: 2,
  closed_long: 2,
  clock_dead: 2,
  concern: 2,
  channel_failing: 2,
  no_contact: 3,
  reopening_asked: 3,
  quarantine: 3,
  order_undone: 3,
  reopening: 3,
};

export function alarm(
  kind: AlarmKind,
  id: string,
  since: string | number,
  subject: Partial<Alarm> = {},
): Alarm {
  const whole = `${kind}/${id}`;
  return {
    id: whole,
    kind,
    priority: PRIORITY[kind],
    since: typeof since === 'string' ? Date.parse(since) : since,
    siteId: subject.siteIds?.[0] ?? null,
    siteIds: subject.siteId ? [subject.siteId] : [],
    keys: [whole],
    transportId: null,
    diversionId: null,
    noticeId: null,
    questionId: null,
    casualtyId: null,
    callSign: null,
    name: null,
    form: null,
    n: null,
    all: null,
    ...subject,
  };
}

export type FeedCondition = {
  freshness: Freshness;
  expired: boolean;
  lostAt: number;
  clockDead: boolean;
};

/** The region's numbers that decide about alarms. */
export type Rules = Pick<
  Region['policy'],
  'crew_overdue_s' | 'silent_after_s' | 'alarm_closed_percent' | 'alarm_long_hours'
>;

export function standingAlarms(
  picture: Picture,
  rows: readonly Row[],
  nowMs: number,
  rules: Rules,
  feed: FeedCondition,
): Alarm[] {
  return [
    ...feedAlarms(feed),
    ...siteAlarms(picture, nowMs, rules),
    ...noticeAlarms(picture),
    ...channelAlarms(picture),
    ...crewAlarms(rows, nowMs, rules.crew_overdue_s),
  ].sort(byPriority);
}

export function byPriority(a: Alarm, b: Alarm): number {
  return a.priority - b.priority || b.since - a.since;
}

function feedAlarms(feed: FeedCondition): Alarm[] {
  if (feed.expired) return [alarm('expired', 'session', feed.lostAt)];
  if (feed.freshness === 'offline') return [alarm('offline', 'feed', feed.lostAt)];
  return feed.clockDead ? [alarm('clock_dead', 'server', feed.lostAt)] : [];
}

function noticeAlarms(picture: Picture): Alarm[] {
  return [...picture.notices.values()].flatMap((notice) => {
    if (notice.ended_at !== null || notice.acknowledged_at !== null) return [];
    const subject = {
      siteId: notice.site_id,
      transportId: notice.transport_id,
      noticeId: notice.id,
      callSign: notice.vehicle.call_sign,
    };
    if (notice.state === 'concern')
      return [alarm('concern', notice.id, notice.seen_at ?? notice.sent_at, subject)];
    return notice.escalated_at
      ? [
          alarm('ed_unanswered', notice.id, notice.escalated_at, {
            ...subject,
            form: toldTo(notice, picture),
          }),
        ]
      : [];
  });
}

function toldTo(notice: Notice, picture: Picture): Alarm['form'] {
  if (notice.supervisor_at === null) return null;
  const reaches = [...picture.channels.values()].some(
    (one) =>
      one.failing_since === null &&
      one.hears.includes('unanswered_notice') &&
      (one.site_id === null || one.site_id === notice.site_id),
  );
  return reaches ? 'supervisor' : 'nobody';
}

function channelAlarms(picture: Picture): Alarm[] {
  const failing = [...picture.channels.values()].filter((one) => one.failing_since !== null);
  const unserved = failing.filter((one) => one.last_error === 'worker_silent');
  return [
    ...failing
      .filter((one) => one.last_error !== 'worker_silent')
      .map((one) => channelAlarm([one])),
    // One cause, one alarm: without the sending process none of them works.
    ...(unserved.length > 0 ? [channelAlarm(unserved)] : []),
  ];
}

function channelAlarm(channels: readonly Channel[]): Alarm {
  const [first] = channels;
  const since = channels.map((one) => one.failing_since ?? '').sort()[0] ?? '';
  const names = channels.map((one) => one.name).sort();
  const siteId = channels.length === 1 ? (first?.site_id ?? null) : null;
  return alarm('channel_failing', `${first?.id}/${since}`, since, {
    siteId,
    name: names.join(', '),
  });
}

function crewAlarms(rows: readonly Row[], nowMs: number, limitS: number): Alarm[] {
  return rows.flatMap((row) => {
    if (!row.redirect) return [];
    const subject = {
      siteId: row.toId,
      transportId: row.id,
      callSign: row.vehicle?.call_sign ?? null,
    };
    const said = crewCannot(row);
    if (said)
      return [alarm('crew_cannot', row.redirect.id, said.at, { ...subject, name: said.why })];
    if (!crewOverdue(row, nowMs, limitS)) return [];
    const since = Date.parse(row.redirect.ordered_at) + limitS * 1000;
    return [alarm('crew_overdue', row.redirect.id, since, subject)];
  });
}

/** P3, once: an order was taken back, or a hospital reopens. Its own request to reopen stood as an
 *  alarm already, so that the answer to it is none. */
export function passingAlarm(event: FeedEvent): Alarm | null {
  const fact = event.fact as Record<string, string | undefined>;
  if (event.kind === 'redirect.cancelled') {
    return alarm('order_undone', event.id, event.at, {
      siteId: fact.from ?? null,
      transportId: fact.transport ?? null,
      callSign: fact.call_sign ?? null,
    });
  }
  const reopens =
    event.kind === 'diversion.lifted' ||
    (event.kind === 'diversion.amended' && fact.state === 'recovering');
  if (!reopens || fact.reopening) return null;
  return alarm('reopening', event.id, event.at, {
    siteId: fact.site ?? null,
    diversionId: fact.diversion ?? null,
  });
}

/** How long a passing alarm stays in the list. */
export const PASSING_MS = 120_000;

export function counts(alarms: readonly Alarm[]): Record<Priority, number> {
  const found: Record<Priority, number> = { 1: 0, 2: 0, 3: 0 };
  for (const one of alarms) found[one.priority] += 1;
  return found;
}
