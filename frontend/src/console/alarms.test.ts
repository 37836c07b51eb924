import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../api/wire';
import { affectedGroups, rowsInOrder } from './affected';
import { type FeedCondition, passingAlarm, standingAlarms } from './alarms';
import {
  at,
  channel,
  diversion,
  NOON,
  notice,
  picture,
  redirect,
  transport,
} from './picture.fixture';

const LIVE: FeedCondition = { freshness: 'live', expired: false, lostAt: NOON, clockDead: false };

const RULES = {
  crew_overdue_s: 30,
  silent_after_s: 30,
  alarm_closed_percent: 25,
  alarm_long_hours: 12,
};

function alarms(rows: Parameters<typeof picture>[0], seconds = 0, feed = LIVE) {
  const seen = picture(rows);
  const list = rowsInOrder(affectedGroups(seen, 240));
  return standingAlarms(seen, list, NOON + seconds * 1000, RULES, feed).map((one) => [
    one.priority,
    one.kind,
  ]);
}

describe('standing alarms', () => {
  it('none when all is quiet', () => {
    expect(alarms({ transports: [transport('t', 'a')] })).toEqual([]);
  });

  it('one declaration is one P1, however many vehicles', () => {
    const transports = ['a', 'b', 'c'].map((id) => transport(id, 'old', { affected_since: at(0) }));
    expect(alarms({ diversions: [diversion('d', 'old')], transports })).toEqual([
      [1, 'declaration'],
    ]);
  });

  it('ends when dispatch has seen it', () => {
    expect(alarms({ diversions: [diversion('d', 'old', { seen_at: at(5) })] })).toEqual([]);
  });

  it('overdue attestation is P2, and a new one after each review', () => {
    const seen = { seen_at: at(5) };
    expect(alarms({ diversions: [diversion('d', 'old', seen)] }, 3600)).toEqual([]);
    expect(alarms({ diversions: [diversion('d', 'old', seen)] }, 3601)).toEqual([
      [2, 'attestation'],
    ]);
  });

  it('a crew that has not answered in time is P2', () => {
    const moving = {
      transports: [transport('t', 'old', { ordered_destination_id: 'new' })],
      redirects: [redirect('r', 't')],
    };
    expect(alarms(moving, 40)).toEqual([]);
    expect(alarms(moving, 41)).toEqual([[2, 'crew_overdue']]);
  });

  it('a crew that cannot has answered: an alarm of its own at once, until dispatch decides anew', () => {
    const said = { objection: 'road', objected_at: at(12) } as const;
    const moving = {
      transports: [transport('t', 's', { ordered_destination_id: 'saint-jean' })],
      redirects: [redirect('r', 't', said)],
    };
    expect(alarms(moving, 13)).toEqual([[2, 'crew_cannot']]);
    expect(alarms(moving, 90)).toEqual([[2, 'crew_cannot']]);
    const over = { ...moving, redirects: [redirect('r', 't', { ...said, state: 'cancelled' })] };
    expect(alarms(over, 90)).toEqual([]);
  });

  it('an escalated notice is P1 until acknowledged or ended; a late acknowledgement ends it too', () => {
    const escalated = { escalated_at: at(60) };
    expect(alarms({ notices: [notice('n', 't', 's', escalated)] })).toEqual([[1, 'ed_unanswered']]);
    expect(
      alarms({ notices: [notice('n', 't', 's', { ...escalated, acknowledged_at: at(70) })] }),
    ).toEqual([]);
    expect(
      alarms({ notices: [notice('n', 't', 's', { ...escalated, ended_at: at(70) })] }),
    ).toEqual([]);
  });

  it('the second step of an unanswered notice says who was told, or that nobody could be', () => {
    const late = [notice('n', 't', 's', { escalated_at: at(60), supervisor_at: at(120) })];
    const told = (channels: ReturnType<typeof channel>[]) =>
      standingAlarms(picture({ notices: late, channels }), [], NOON, RULES, LIVE)[0]?.form;
    expect(told([channel('c')])).toBe('supervisor');
    expect(told([])).toBe('nobody');
    expect(told([channel('c', { hears: ['question'] })])).toBe('nobody');
    expect(told([channel('c', { site_id: 'elsewhere' })])).toBe('nobody');
    const failing = channel('c', { failing_since: at(0), last_error: 'failed' });
    expect(told([failing])).toBe('nobody');
  });

  it('a channel that fails is P2 until it works', () => {
    const failing = { failing_since: at(0), last_error: 'unreachable' };
    expect(alarms({ channels: [channel('c', failing), channel('d')] })).toEqual([
      [2, 'channel_failing'],
    ]);
  });

  it('channels that fail because nothing is sent at all are one alarm', () => {
    const unserved = { failing_since: at(0), last_error: 'worker_silent' };
    const channels = [channel('c', unserved), channel('d', unserved)];
    const found = standingAlarms(picture({ channels }), [], NOON, RULES, LIVE);
    expect(found.map((one) => one.name)).toEqual(['Channel c, Channel d']);
  });

  it('a concern is P2', () => {
    expect(
      alarms({ notices: [notice('n', 't', 's', { state: 'concern', concern: 'no CT' })] }),
    ).toEqual([[2, 'concern']]);
  });

  it('our own feed lost is P1; delayed is not', () => {
    expect(alarms({}, 0, { ...LIVE, freshness: 'offline' })).toEqual([[1, 'offline']]);
    expect(alarms({}, 0, { ...LIVE, freshness: 'delayed' })).toEqual([]);
  });

  it('an expired login is one P1, and what stood before still stands', () => {
    const feed = { ...LIVE, freshness: 'offline' as const, expired: true };
    expect(alarms({ diversions: [diversion('d', 'old')] }, 0, feed).sort()).toEqual([
      [1, 'declaration'],
      [1, 'expired'],
    ]);
  });

  it('a dead server clock is P2 while the feed lives', () => {
    expect(alarms({}, 0, { ...LIVE, clockDead: true })).toEqual([[2, 'clock_dead']]);
  });

  it('worst first, newest first within', () => {
    const kinds = alarms(
      {
        diversions: [diversion('d1', 'a'), diversion('d2', 'b', { declared_at: at(9) })],
        notices: [notice('n', 't', 's', { state: 'concern' })],
      },
      20,
    );
    expect(kinds).toEqual([
      [1, 'declaration'],
      [1, 'declaration'],
      [2, 'concern'],
    ]);
  });
});

describe('passing alarms', () => {
  const event = (kind: FeedEvent['kind'], fact: Record<string, unknown> = {}): FeedEvent => ({
    seq: 1,
    id: 'e',
    kind,
    at: at(0),
    said_at: at(0),
    actor: { kind: 'user', name: 'A', role: null },
    fact,
    changes: [],
  });

  it('undo and reopening are P3', () => {
    expect(passingAlarm(event('redirect.cancelled'))?.priority).toBe(3);
    expect(passingAlarm(event('diversion.lifted'))?.kind).toBe('reopening');
    expect(passingAlarm(event('diversion.amended', { state: 'recovering' }))?.kind).toBe(
      'reopening',
    );
  });

  it('what dispatch itself acknowledged was an alarm already, and is none again', () => {
    const asked = { reopening: { extent: 'full' } };
    expect(passingAlarm(event('diversion.lifted', asked))).toBeNull();
  });

  it('everything else passes in silence', () => {
    for (const kind of [
      'vehicle.changed',
      'notice.acknowledged',
      'redirect.ordered',
      'diversion.amended',
    ] as const) {
      expect(passingAlarm(event(kind))).toBeNull();
    }
  });
});
