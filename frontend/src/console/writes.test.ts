import { describe, expect, it } from 'vitest';
import { NotSent } from '../api/commands';
import type { Answer } from '../api/wire';
import type { World } from '../state/world.svelte';
import { Announcer } from './announcer.svelte';
import { Writes } from './writes.svelte';

const answer: Answer = { seq: 5, cursor: '', recorded_at: '', repeated: false, events: [] };

/** A line on which each thing sent waits until it is answered here. */
function line() {
  const waiting: { path: string; answer: () => void; lose: () => void }[] = [];
  const send = (path: string) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({
        path,
        answer: () => resolve(answer),
        lose: () => reject(new NotSent('', 'late')),
      });
    });
  const writes = new Writes({ send } as unknown as World, new Announcer(), () => {});
  return { waiting, writes };
}

describe('the actions of a desk', () => {
  it('a vehicle confirmed by radio before its order has its receipt is confirmed after it', async () => {
    const { waiting, writes } = line();
    const order = writes.act('v', '/redirect', {});
    const confirmed = writes.next('v', '/acknowledge', {});
    waiting[0]?.answer();
    await order;
    await Promise.resolve();
    expect(waiting.map((one) => one.path)).toEqual(['/redirect', '/acknowledge']);
    waiting[1]?.answer();
    expect(await confirmed).toEqual(answer);
  });

  it('taking back waits for the receipt of what was pressed last', async () => {
    const { waiting, writes } = line();
    void writes.act('v', '/redirect', {});
    const mayTakeBack = writes.latestMadeIt();
    waiting[0]?.answer();
    expect(await mayTakeBack).toBe(true);
  });

  it('where the last press did not get through, nothing before it is taken back instead', async () => {
    const { waiting, writes } = line();
    void writes.act('v', '/redirect', {});
    const mayTakeBack = writes.latestMadeIt();
    waiting[0]?.lose();
    expect(await mayTakeBack).toBe(false);
  });

  it('with nothing under way there is nothing to wait for', async () => {
    expect(await line().writes.latestMadeIt()).toBe(true);
  });
});
