import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Announcer, BATCH_MS } from './announcer.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('gathers a burst of counts into one sentence with the last number', () => {
  const announcer = new Announcer();
  let count = 0;
  const said: string[] = [];
  for (count = 1; count <= 20; count += 1) announcer.sayBatched(() => `${count}`);
  vi.advanceTimersByTime(BATCH_MS - 1);
  said.push(announcer.polite);
  vi.advanceTimersByTime(1);
  said.push(announcer.polite);
  expect(said.map((text) => text.replace('\u200b', ''))).toEqual(['', '21']);
});

it('the same sentence twice is two different texts, so that both are heard', () => {
  const announcer = new Announcer();
  announcer.say('x');
  const first = announcer.polite;
  announcer.say('x');
  expect(announcer.polite).not.toBe(first);
});

it('P1 speaks through the assertive region alone', () => {
  const announcer = new Announcer();
  announcer.alarm('fire');
  expect(announcer.polite).toBe('');
  expect(announcer.assertive).toContain('fire');
});
