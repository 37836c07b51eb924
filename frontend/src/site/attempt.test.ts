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
  const attempt = new Attempt(world, SITE, (answer) => receipts.push(answer));
  return {
    attempt,
    receipts,
    work: attempt.begin('declare', '/api/sites/x/diversions', { cause: 'it_outage' }),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
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

  it('stops repeating after a minute and asks', async () => {
    const { attempt } = begin();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(attempt.phase).toBe('not_sent');
    expect(attempt.retryAt).toBeNull();
    const tried = requests.length;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(requests).toHaveLength(tried);
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

  it('survives a reload as NOT SENT, with its key', async () => {
    const { attempt } = begin();
    await vi.advanceTimersByTimeAsync(5_000);
    const key = attempt.work?.key;
    const again = new Attempt(new World({ region: 'brussels' }), SITE, () => undefined);
    again.restore();
    expect(again.phase).toBe('not_sent');
    expect(again.work?.key).toBe(key);
  });

  it('leaves nothing behind once recorded', async () => {
    replies = [{ status: 201, body: RECEIPT }];
    await begin().work;
    const again = new Attempt(new World({ region: 'brussels' }), SITE, () => undefined);
    again.restore();
    expect(again.phase).toBe('idle');
  });
});

it('repeats within a minute of the press only', () => {
  expect(retryIn(0, 54_000)).toBe(RETRY_EVERY_MS);
  expect(retryIn(0, 56_000)).toBeNull();
});
