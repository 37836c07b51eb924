import { describe, expect, it } from 'vitest';
import { NotSent, Problem } from '../api/commands';
import { Write } from './write.svelte';

const answer = { seq: 5, cursor: '', recorded_at: '', repeated: false, events: [] };

describe('a write', () => {
  it('is sending until its receipt, then recorded under its number', async () => {
    const write = new Write();
    const running = write.run(() => Promise.resolve(answer));
    expect(write.state).toBe('sending');
    await running;
    expect([write.state, write.seq]).toEqual(['recorded', 5]);
  });

  it('without a receipt it is not sent, and a retry carries the same key', async () => {
    const keys: string[] = [];
    const write = new Write();
    await write.run((key) => {
      keys.push(key);
      return keys.length === 1 ? Promise.reject(new NotSent(key, 'late')) : Promise.resolve(answer);
    });
    expect(write.state).toBe('not_sent');
    await write.retry();
    expect(write.state).toBe('recorded');
    expect(keys[0]).toBe(keys[1]);
  });

  it('a new action has a new key', async () => {
    const keys: string[] = [];
    const write = new Write();
    const work = (key: string) => {
      keys.push(key);
      return Promise.resolve(answer);
    };
    await write.run(work);
    await write.run(work);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('a refusal keeps its problem', async () => {
    const write = new Write();
    await write.run(() =>
      Promise.reject(new Problem({ status: 409, code: 'stale_version', detail: 'late' })),
    );
    expect([write.state, write.problem?.code]).toEqual(['refused', 'stale_version']);
  });

  it('a second press while sending does nothing', async () => {
    const write = new Write();
    const running = write.run(() => Promise.resolve(answer));
    expect(await write.retry()).toBeNull();
    await running;
    expect(write.state).toBe('recorded');
  });

  it('a fault of our own is not passed off as a network failure', async () => {
    const write = new Write();
    await expect(write.run(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });
});
