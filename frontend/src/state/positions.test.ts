import { expect, it } from 'vitest';
import type { Position } from '../api/wire';
import { positionState } from './positions';

const position: Position = ['v', 50, 4, '2026-10-03T12:00:00.000Z', null, null];
const after = (seconds: number) => Date.parse(position[3]) + seconds * 1000;

it.each([
  [30, 'fresh'],
  [31, 'ageing'],
  [120, 'ageing'],
  [121, 'lost'],
] as const)('%i s old is %s', (seconds, state) => {
  expect(positionState(position, after(seconds))).toBe(state);
});

it('no position is not a lost one', () => {
  expect(positionState(undefined, after(0))).toBe('none');
});
