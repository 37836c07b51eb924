import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { World } from '../state/world.svelte';
import { Answers } from './answers.svelte';

let replies: (number | 'cut')[];
let keys: (string | null)[];

beforeEach(() => {
  replies = [];
  keys = [];
  vi.stubGlobal('fetch', (_: RequestInfo | URL, init?: RequestInit) => {
    keys.push(new Headers(init?.headers).get('Idempotency-Key'));
    const reply = replies.shift() ?? 'cut';
    if (reply === 'cut') return Promise.reject(new TypeError('network'));
    const body =
      reply < 300
        ? { seq: 1, cursor: '1:a', recorded_at: '', events: [] }
        : { code: 'wrong_state', detail: 'no' };
    return Promise.resolve(new Response(JSON.stringify(body), { status: reply }));
  });
});

afterEach(() => vi.unstubAllGlobals());

const answers = () => new Answers(new World({ region: 'brussels' }));

it('an acknowledgement without a receipt stays on the card, and pressing again cannot count twice', async () => {
  const here = answers();
  replies = ['cut', 200];
  expect(await here.acknowledge('n1')).toBe(false);
  expect(here.standing.get('n1')?.phase).toBe('not_sent');
  expect(await here.acknowledge('n1')).toBe(true);
  expect(here.standing.has('n1')).toBe(false);
  expect(keys[0]).toBe(keys[1]);
});

it('a refusal is told, and the next press is a new action', async () => {
  const here = answers();
  replies = [409, 200];
  expect(await here.acknowledge('n1')).toBe(false);
  expect(here.standing.get('n1')).toMatchObject({ phase: 'refused' });
  await here.acknowledge('n1');
  expect(keys[0]).not.toBe(keys[1]);
});

it('a patient is reported as seen once', async () => {
  const here = answers();
  replies = [200, 200];
  await here.seen('n1');
  await here.seen('n1');
  expect(keys).toHaveLength(1);
});

it('a second concern with other words is another action than the first', async () => {
  const here = answers();
  replies = [200, 200];
  await here.concern('n1', 'no place');
  await here.concern('n1', 'no team');
  expect(keys[0]).not.toBe(keys[1]);
});
