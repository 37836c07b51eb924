import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CrewAnswer, CrewOrder } from '../api/wire';
import { Shift } from './shift.svelte';

const NOON = Date.parse('2026-10-03T12:00:00.000Z');
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();
const place = (id: string) => ({ id, name: { fr: id, nl: id } });

function order(more: Partial<CrewOrder> = {}): CrewOrder {
  return {
    id: 'r1',
    choice: 'redirect',
    state: 'ordered',
    from_site: place('saint-pierre'),
    to_site: place('saint-jean'),
    why: 'closed',
    ordered_at: at(0),
    acknowledged_at: null,
    channel: null,
    objection: null,
    objected_at: null,
    ...more,
  };
}

function told(one: CrewOrder | null, more: Partial<CrewAnswer> = {}): CrewAnswer {
  return {
    at: at(0),
    exercise: false,
    simulated: false,
    duty: { vehicle: { id: 'v1', call_sign: 'AMB 11', kind: 'ambulance' }, since: at(-60) },
    vehicles: [],
    transport: {
      id: 't1',
      destination: place('saint-pierre'),
      urgency: 'urgent',
      needs: [],
      eta_at: null,
      order: one,
    },
    ...more,
  };
}

type Reply = { status?: number; body?: unknown } | 'none';
let replies: Record<string, Reply[]>;
let asked: string[];

/** The server of these tests: what it answers by method, the last answer for ever. */
beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  asked = [];
  replies = {};
  vi.stubGlobal('fetch', async (path: string, options: RequestInit) => {
    asked.push(`${options.method} ${path}`);
    const waiting = replies[options.method ?? 'GET'] ?? [];
    const reply = waiting.length > 1 ? waiting.shift() : waiting[0];
    if (reply === undefined || reply === 'none') throw new TypeError('no network');
    return new Response(JSON.stringify(reply.body ?? {}), { status: reply.status ?? 200 });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(): Shift {
  const shift = new Shift('brussels', false);
  shift.start();
  return shift;
}

it('an order that nobody has answered calls; one that cannot be followed was answered', () => {
  const shift = new Shift('brussels', false);
  shift.take(told(order()));
  expect(shift.asks).toBe(true);
  shift.take(told(order({ objection: 'road', objected_at: at(5) })));
  expect(shift.asks).toBe(false);
  shift.take(told(order({ state: 'acknowledged' })));
  expect(shift.asks).toBe(false);
});

it('is read every two seconds, and offline after thirty without an answer', async () => {
  replies.GET = [{ body: told(null) }];
  const shift = begin();
  await vi.advanceTimersByTimeAsync(4_100);
  expect(asked.length).toBe(3);
  expect(shift.freshness).toBe('live');
  replies.GET = ['none'];
  await vi.advanceTimersByTimeAsync(15_000);
  expect(shift.freshness).toBe('delayed');
  expect(shift.writable).toBe(true);
  await vi.advanceTimersByTimeAsync(16_000);
  expect(shift.freshness).toBe('offline');
  expect(shift.writable).toBe(false);
  replies.GET = [{ body: told(null, { at: at(40) }) }];
  await vi.advanceTimersByTimeAsync(3_000);
  expect(shift.freshness).toBe('live');
  shift.stop();
});

it('an answer without a receipt is not sent; repeated it is the same one', async () => {
  replies.GET = [{ body: told(order()) }];
  replies.POST = ['none'];
  const shift = begin();
  await vi.advanceTimersByTimeAsync(100);
  await shift.acknowledge(order());
  expect(shift.answer.state).toBe('not_sent');
  replies.POST = [{ body: { seq: 7, events: [] } }];
  replies.GET = [{ body: told(order({ state: 'acknowledged' })) }];
  await shift.retry(shift.answer);
  expect(shift.answer.state).toBe('recorded');
  expect(shift.order?.state).toBe('acknowledged');
  shift.stop();
});

it('what became of one order says nothing about the next', async () => {
  replies.GET = [{ body: told(order()) }];
  replies.POST = [{ status: 409, body: { code: 'wrong_state', detail: '' } }];
  const shift = begin();
  await vi.advanceTimersByTimeAsync(100);
  await shift.acknowledge(order());
  expect(shift.answer.state).toBe('refused');
  shift.take(told(order({ id: 'r2' })));
  expect(shift.answer.state).toBe('idle');
  shift.stop();
});

it.each([
  [401, 'expired'],
  [403, 'denied'],
] as const)('a refusal with %i is %s, and nothing can be sent', async (status, standing) => {
  replies.GET = [{ body: told(order()) }, { status, body: { code: 'x', detail: '' } }];
  const shift = begin();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(shift.standing).toBe(standing);
  expect(shift.writable).toBe(false);
  shift.stop();
});

it('an exercise is never shown on a real page', () => {
  const shift = new Shift('brussels', false);
  shift.take(told(order(), { exercise: true }));
  expect(shift.wrong).toBe(true);
  expect(shift.told).toBeNull();
});
