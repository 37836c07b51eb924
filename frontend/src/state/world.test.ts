import { expect, it } from 'vitest';
import type { Frame } from '../api/wire';
import { World } from './world.svelte';

const iso = (ms: number) => new Date(ms).toISOString();

it('a snapshot that was read for somebody before us does not set the clock back', () => {
  const world = new World({ region: 'brussels' });
  const server = Date.now() + 60_000;
  const hello = { type: 'hello', server_time: iso(server) };
  const read = {
    type: 'snapshot',
    at: iso(server - 12_000),
    cursor: '1-a',
    entities: [],
    positions: [],
    log: [],
  };
  for (const frame of [hello, read]) world.receive(frame as unknown as Frame);
  expect(Math.abs(world.now - server)).toBeLessThan(5_000);
  expect(world.heardAt).toBe(iso(server));
});
