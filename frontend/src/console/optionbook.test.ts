import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Option } from '../api/wire';
import { gate } from '../state/rows.fixture';
import {
  firstThree,
  gatesSignature,
  OPTIONS_FRESH_MS,
  OptionBook,
  questionOf,
} from './optionbook.svelte';
import { option, site, transport } from './picture.fixture';

type Asked = { path: string; answer: (value: unknown) => void; fail: () => void };

function setUp(now = () => 5) {
  const asked: Asked[] = [];
  const read = <T>(path: string) =>
    new Promise<T>((resolve, reject) => {
      asked.push({
        path,
        answer: (value) => resolve(value as T),
        fail: () => reject(new Error('no')),
      });
    });
  return { asked, book: new OptionBook({ read, region: 'brussels', now }) };
}

const wanted = (...ids: string[]) => new Map(ids.map((id) => [id, 'q']));
const settle = () => vi.advanceTimersByTimeAsync(300);
const answer = (...options: Option[]) => ({ transport_id: 't', options });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the option book', () => {
  it('waits until the picture settles, then asks once about each', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    book.want(wanted('t1', 't2'));
    expect(asked).toEqual([]);
    await settle();
    expect(asked.map((one) => one.path)).toEqual([
      '/api/transports/t1/options',
      '/api/transports/t2/options',
    ]);
  });

  it('asks at once after a quiet moment, and gathers what follows upon it', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toHaveLength(1);
    book.want(wanted('t1', 't2'));
    await vi.advanceTimersByTimeAsync(10);
    book.want(wanted('t1', 't2', 't3'));
    expect(asked).toHaveLength(1);
    await settle();
    expect(asked).toHaveLength(3);
  });

  it('does not ask again while the question is the same: no polling', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    await settle();
    asked[0]?.answer(answer(option('a')));
    await settle();
    book.want(wanted('t1'));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(1);
    expect(book.get('t1')).toMatchObject({ state: 'ready', askedAt: 5 });
  });

  it('asks again when the times have grown old, but not where a hand is', async () => {
    let now = 0;
    const { asked, book } = setUp(() => now);
    book.want(wanted('t1', 't2'));
    await settle();
    for (const one of asked) one.answer(answer(option('a')));
    await settle();
    now = OPTIONS_FRESH_MS;
    await book.renew(new Set());
    expect(asked).toHaveLength(2);
    now += 1;
    void book.renew(new Set(['t1']));
    expect(asked.slice(2).map((one) => one.path)).toEqual(['/api/transports/t2/options']);
  });

  it('keeps the times it has, with their age, while others are asked for or cannot be had', async () => {
    let now = 0;
    const { asked, book } = setUp(() => now);
    book.want(wanted('t1'));
    await settle();
    asked[0]?.answer(answer(option('a')));
    await settle();
    now = 2 * OPTIONS_FRESH_MS;
    void book.renew(new Set());
    expect(book.get('t1')).toMatchObject({
      state: 'loading',
      askedAt: 0,
      options: [{ site_id: 'a' }],
    });
    asked[1]?.fail();
    await settle();
    expect(book.get('t1')).toMatchObject({
      state: 'failed',
      askedAt: 0,
      options: [{ site_id: 'a' }],
    });
  });

  it('asks about many together', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1', 't2', 't3', 't4', 't5'));
    await settle();
    expect(asked.map((one) => one.path)).toEqual(['/api/regions/brussels/plan']);
    const proposals = ['t1', 't2', 't3', 't4'].map((id) => ({
      transport_id: id,
      options: [option('a')],
    }));
    asked[0]?.answer({ proposals });
    await settle();
    expect(book.get('t4')?.state).toBe('ready');
    expect(asked[1]?.path).toBe('/api/transports/t5/options');
  });

  it('throws away the answer to an old question, and shows no old options meanwhile', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    await settle();
    book.want(new Map([['t1', 'another']]));
    await settle();
    asked[0]?.answer(answer(option('old')));
    await settle();
    expect(book.get('t1')).toMatchObject({ state: 'loading', options: [] });
    asked[1]?.answer(answer(option('new')));
    await settle();
    expect(book.get('t1')?.options[0]?.site_id).toBe('new');
  });

  it('says when they were not obtained, and can be asked again', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    await settle();
    asked[0]?.fail();
    await settle();
    expect(book.get('t1')?.state).toBe('failed');
    void book.refresh('t1');
    asked[1]?.answer(answer(option('a')));
    await settle();
    expect(book.get('t1')?.state).toBe('ready');
  });

  it('does not ask three hundred single questions when the joint one failed', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1', 't2', 't3', 't4', 't5'));
    await settle();
    asked[0]?.fail();
    await settle();
    expect(asked).toHaveLength(1);
    expect(book.get('t3')?.state).toBe('failed');
  });

  it('forgets what is no longer wanted', async () => {
    const { asked, book } = setUp();
    book.want(wanted('t1'));
    await settle();
    asked[0]?.answer(answer(option('a')));
    book.want(new Map());
    await settle();
    expect(book.get('t1')).toBeNull();
  });
});

it('a gate, a closed capability or the patient changes the question; nothing else of a site does', () => {
  const sites = (...all: ReturnType<typeof site>[]) =>
    gatesSignature(new Map(all.map((one) => [one.id, one])));
  const before = sites(site('a'));
  expect(sites(site('a', { beds: 9, phone: '1' }))).toBe(before);
  expect(sites(site('a', { closed_capabilities: { ct: ['d'] } }))).not.toBe(before);
  const closed = { ...site('a').gates, ambulances: gate('closed' as const, 'd') };
  expect(sites(site('a', { gates: closed }))).not.toBe(before);
  const question = questionOf(transport('t', 'a'), before);
  expect(questionOf(transport('t', 'a', { eta_at: null }), before)).toBe(question);
  expect(questionOf(transport('t', 'a', { urgency: 'vital' }), before)).not.toBe(question);
});

describe('the three shown', () => {
  it('are the first that admit', () => {
    const options = [
      option('a'),
      option('b'),
      option('c'),
      option('d'),
      option('shut', { admits: false }),
    ];
    expect(firstThree(options).shown.map((one) => one.site_id)).toEqual(['a', 'b', 'c']);
  });

  it('without any open, the nearest regardless, and said so', () => {
    const shut = (id: string, seconds: number) => option(id, { admits: false, seconds });
    const found = firstThree([
      shut('far', 900),
      shut('near', 100),
      shut('mid', 400),
      shut('off', 1000),
    ]);
    expect(found.noneOpen).toBe(true);
    expect(found.shown.map((one) => one.site_id)).toEqual(['near', 'mid', 'far']);
  });

  it('nothing known is not "none open"', () => {
    expect(firstThree([])).toEqual({ shown: [], noneOpen: false });
  });
});
