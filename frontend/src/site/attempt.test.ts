import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../api/wire';
import { World } from '../state/world.svelte';
import { Attempt, RETRY_EVERY_MS, retryIn } from './attempt.svelte';

const RECEIPT: Answer = {
  seq: 7,
  cursor: '7:e',
  recorded_at: '2026-10-03T12:00:00.000Z',
  repeated: false,
  events: [],
};
const SITE = 'saint-jean';
const CLARA = 'clara';
const MINUTE = 60_000;

type Reply = 'silence' | { status: number; body: unknown };
let replies: Reply[];
let requests: { key: string | null; body: string }[];

/** The network, as the page meets it: the next reply of the list, or nothing at all. */
function network(_: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  requests.push({
    key: new Headers(init?.headers).get('Idempotency-Key'),
    body: String(init?.body),
  });
  const reply = replies.shift() ?? 'silence';
  if (reply !== 'silence') {
    return Promise.resolve(new Response(JSON.stringify(reply.body), { status: reply.status }));
  }
  return new Promise((_done, fail) => {
    init?.signal?.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
  });
}

function begin(): { attempt: Attempt; receipts: Answer[]; work: Promise<void> } {
  const receipts: Answer[] = [];
  const world = new World({ region: 'brussels' });
  const attempt = new Attempt(world, SITE, CLARA, (answer) => receipts.push(answer));
  return {
    attempt,
    receipts,
    work: attempt.begin('declare', '/api/sites/x/diversions', { cause: 'it_outage' }),
  };
}

function reopened(person = CLARA): Attempt {
  const again = new Attempt(new World({ region: 'brussels' }), SITE, person, () => undefined);
  again.restore();
  return again;
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  replies = [];
  requests = [];
  vi.stubGlobal('fetch', network);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an action', () => {
  it('is recorded only when the receipt is there', async () => {
    replies = [{ status: 201, body: RECEIPT }];
    const { attempt, receipts, work } = begin();
    expect(attempt.phase).toBe('sending');
    await work;
    expect(attempt.phase).toBe('recorded');
    expect(receipts).toEqual([RECEIPT]);
  });

  it('is NOT SENT after five seconds of silence, then repeats under the same key', async () => {
    replies = ['silence', { status: 201, body: RECEIPT }];
    const { attempt, receipts } = begin();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(attempt.phase).toBe('sending');
    await vi.advanceTimersByTimeAsync(1);
    expect(attempt.phase).toBe('not_sent');
    await vi.advanceTimersByTimeAsync(RETRY_EVERY_MS);
    expect(attempt.phase).toBe('recorded');
    expect(receipts).toHaveLength(1);
    expect(requests).toHaveLength(2);
    expect(requests[0]).toEqual(requests[1]);
  });

  it('stops repeating after ten minutes and asks', async () => {
    const { attempt } = begin();
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    const soFar = requests.length;
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    expect(requests.length).toBeGreaterThan(soFar);
    expect(attempt.phase).toBe('not_sent');
    expect(attempt.retryAt).toBeNull();
    const tried = requests.length;
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    expect(requests).toHaveLength(tried);
  });

  it('is tried at once when the network says it is back', async () => {
    replies = ['silence', { status: 201, body: RECEIPT }];
    const { attempt } = begin();
    await vi.advanceTimersByTimeAsync(5_000);
    attempt.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempt.phase).toBe('recorded');
  });

  it('is refused, not repeated, when the server says no', async () => {
    replies = [{ status: 409, body: { code: 'stale_version', detail: 'changed' } }];
    const { attempt, work } = begin();
    await work;
    expect(attempt.phase).toBe('refused');
    expect(attempt.problem?.code).toBe('stale_version');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(1);
  });

  it('waits for a new login instead of knocking in vain', async () => {
    replies = [{ status: 401, body: { code: 'not_authenticated', detail: '' } }];
    const { attempt, work } = begin();
    await work;
    expect(attempt.phase).toBe('not_sent');
    expect(attempt.retryAt).toBeNull();
  });

  it('survives page and browser as NOT SENT, and is sent by itself under its old key', async () => {
    const { attempt } = begin();
    await vi.advanceTimersByTimeAsync(4_000);
    const key = attempt.work?.key;
    const again = reopened();
    expect(again.phase).toBe('not_sent');
    expect(again.work?.key).toBe(key);
    expect(again.retryAt).not.toBeNull();
    requests = [];
    replies = [{ status: 201, body: RECEIPT }];
    again.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(again.phase).toBe('recorded');
    expect(requests[0]?.key).toBe(key);
  });

  it('is nobody else’s: who logs in on the same device does not send it', async () => {
    begin();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reopened('ruth').phase).toBe('idle');
    expect(reopened().phase).toBe('not_sent');
  });

  it('leaves nothing behind once recorded', async () => {
    replies = [{ status: 201, body: RECEIPT }];
    await begin().work;
    expect(reopened().phase).toBe('idle');
  });
});

describe('an action older than ten minutes', () => {
  async function old(reply: Reply): Promise<Attempt> {
    begin();
    await vi.advanceTimersByTimeAsync(4_000);
    vi.setSystemTime(Date.now() + 11 * MINUTE);
    requests = [];
    replies = [reply];
    const again = reopened();
    expect(again.phase).toBe('not_sent');
    await vi.advanceTimersByTimeAsync(0);
    return again;
  }

  it('is never sent without being asked', async () => {
    const again = await old({ status: 404, body: { code: 'not_found', detail: '' } });
    expect(again.phase).toBe('not_sent');
    expect(again.retryAt).toBeNull();
    again.hurry();
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(requests.filter((one) => one.key)).toEqual([]);
  });

  it('is not asked about when it had arrived after all', async () => {
    const again = await old({ status: 200, body: { ...RECEIPT, repeated: true } });
    expect(again.phase).toBe('recorded');
    expect(requests.filter((one) => one.key)).toEqual([]);
    expect(reopened().phase).toBe('idle');
  });

  it('is sent when a person says so, under its old key', async () => {
    const again = await old('silence');
    const key = again.work?.key;
    requests = [];
    replies = [{ status: 201, body: RECEIPT }];
    await again.retry();
    expect(again.phase).toBe('recorded');
    expect(requests[0]?.key).toBe(key);
  });

  it('is also one whose clock was turned back', () => {
    expect(retryIn(MINUTE, 0)).toBeNull();
  });
});

it('repeats within ten minutes of the press only', () => {
  expect(retryIn(0, 10 * MINUTE - RETRY_EVERY_MS)).toBe(RETRY_EVERY_MS);
  expect(retryIn(0, 10 * MINUTE - RETRY_EVERY_MS + 1)).toBeNull();
});
