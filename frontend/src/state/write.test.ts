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

  it('a new action while one is under way takes nothing from that one', async () => {
    const keys: string[] = [];
    const write = new Write();
    const first = write.run((key) => {
      keys.push(key);
      return keys.length === 1 ? Promise.reject(new NotSent(key, 'late')) : Promise.resolve(answer);
    });
    expect(await write.run(() => Promise.reject(new Error('never sent')))).toBeNull();
    await first;
    await write.retry();
    expect(write.state).toBe('recorded');
    expect(keys[0]).toBe(keys[1]);
  });

  it('what follows is sent once the one under way is recorded', async () => {
    const sent: string[] = [];
    const write = new Write();
    const work = (name: string) => () => {
      sent.push(name);
      return Promise.resolve(answer);
    };
    const first = write.run(work('order'));
    const second = write.next(work('crew confirmed'));
    expect(sent).toEqual(['order']);
    await Promise.all([first, second]);
    expect(sent).toEqual(['order', 'crew confirmed']);
  });

  it('what follows on an action that was not sent is not sent either', async () => {
    const write = new Write();
    const first = write.run((key) => Promise.reject(new NotSent(key, 'late')));
    const second = write.next(() => Promise.reject(new Error('never sent')));
    expect(await Promise.all([first, second])).toEqual([null, null]);
    expect(write.state).toBe('not_sent');
  });

  it('a fault of our own is not passed off as a network failure', async () => {
    const write = new Write();
    await expect(write.run(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });
});
