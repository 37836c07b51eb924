import { describe, expect, it } from 'vitest';
import { NotSent, Problem } from '../api/commands';
import type { BulkAnswer } from '../api/wire';
import type { Item } from './bulk';
import { BulkRun, PARCEL, parcels } from './bulkrun.svelte';

const items = (n: number): Item[] =>
  Array.from({ length: n }, (_, i) => ({ transport: `t${i}`, to: 'a' }));
const receipt = (sent: readonly Item[]): BulkAnswer => ({
  results: sent.map((item) => ({
    transport: item.transport,
    ok: true,
    answer: { seq: 1, cursor: '', recorded_at: '', repeated: false, events: [] },
  })),
});

describe('sending many', () => {
  it('parcels everything once, in order, each under its own key', () => {
    const found = parcels(items(2 * PARCEL + 1));
    expect(found.flatMap((parcel) => parcel.items)).toEqual(items(2 * PARCEL + 1));
    expect(new Set(found.map((parcel) => parcel.key)).size).toBe(3);
  });

  it('marks each row as its parcel is recorded', async () => {
    const run = new BulkRun((sent) => Promise.resolve(receipt(sent)));
    await run.start(items(PARCEL + 2));
    expect(run.state).toBe('finished');
    expect(run.done.size).toBe(PARCEL + 2);
  });

  it('stops at a parcel without receipt and goes on with the same key', async () => {
    const keys: string[] = [];
    const run = new BulkRun((sent, key) => {
      keys.push(key);
      return keys.length === 2
        ? Promise.reject(new NotSent(key, 'late'))
        : Promise.resolve(receipt(sent));
    });
    await run.start(items(3 * PARCEL));
    expect([run.state, run.done.size, keys.length]).toEqual(['not_sent', PARCEL, 2]);
    await run.goOn();
    expect([run.state, run.done.size, keys.length]).toEqual(['finished', 3 * PARCEL, 4]);
    expect(keys[2]).toBe(keys[1]);
  });

  it('a refused parcel is told row by row, and the others still go', async () => {
    let sent = 0;
    const run = new BulkRun((parcel) => {
      sent += 1;
      if (sent === 1)
        return Promise.reject(new Problem({ status: 403, code: 'denied', detail: '' }));
      return Promise.resolve(receipt(parcel));
    });
    await run.start(items(PARCEL + 1));
    expect(run.done.get('t0')).toMatchObject({ ok: false, problem: { code: 'denied' } });
    expect(run.done.get(`t${PARCEL}`)).toMatchObject({ ok: true });
    expect(run.state).toBe('finished');
  });
});
