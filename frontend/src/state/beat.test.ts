import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AGAIN_AFTER_MS, BEAT_EVERY_MS, Pulse } from './beat.svelte';

let connected: boolean;
let beats: number;
let pulse: Pulse;

/** The network, as the page meets it: an answer, or none. */
function network(): Promise<Response> {
  beats += 1;
  return connected
    ? Promise.resolve(new Response('{}', { status: 200 }))
    : Promise.reject(new TypeError('Failed to fetch'));
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', network);
  connected = true;
  beats = 0;
  pulse = new Pulse('saint-jean', () => true);
  pulse.start();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  pulse.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('beats on opening, and every ten seconds', async () => {
  expect(beats).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * BEAT_EVERY_MS);
  expect(beats).toBe(4);
});

it('a beat that did not get through is tried again within seconds, until one does', async () => {
  connected = false;
  await vi.advanceTimersByTimeAsync(BEAT_EVERY_MS + 2 * AGAIN_AFTER_MS);
  expect(beats).toBe(4);
  connected = true;
  await vi.advanceTimersByTimeAsync(AGAIN_AFTER_MS);
  expect(beats).toBe(5);
  await vi.advanceTimersByTimeAsync(AGAIN_AFTER_MS);
  expect(beats).toBe(6); // the next regular one, and no other
});

it('a screen that hears that its network is back says at once that it is there', async () => {
  connected = false;
  await vi.advanceTimersByTimeAsync(BEAT_EVERY_MS);
  connected = true;
  const before = beats;
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(beats).toBe(before + 1);
});

it('one that is closed says nothing more', async () => {
  connected = false;
  await vi.advanceTimersByTimeAsync(BEAT_EVERY_MS);
  pulse.stop();
  const before = beats;
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(2 * BEAT_EVERY_MS);
  expect(beats).toBe(before);
});
