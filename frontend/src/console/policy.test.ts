import { expect, it } from 'vitest';
import type { Region } from '../api/wire';
import { changes, isPossible, SETTINGS } from './policy';

const usual = Object.fromEntries(
  SETTINGS.map((one) => [one.name, one.default]),
) as Region['policy'];
const policy = { ...usual, undo_s: 60 };

it('sends what differs, and nothing else', () => {
  expect(changes(policy, { undo_s: 60, tie_s: 90 })).toEqual({ tie_s: 90 });
  expect(changes(policy, {})).toEqual({});
});

it('an emptied field, or the default typed, goes back to the default', () => {
  expect(changes(policy, { undo_s: null })).toEqual({ undo_s: null });
  expect(changes(policy, { undo_s: 30 })).toEqual({ undo_s: null });
  expect(changes(policy, { tie_s: null })).toEqual({});
});

it('takes zero only where it means never', () => {
  const [undo, closed] = ['undo_s', 'alarm_closed_percent'].map((name) =>
    SETTINGS.find((one) => one.name === name),
  );
  expect(undo && isPossible(undo, 0)).toBe(false);
  expect(closed && isPossible(closed, 0)).toBe(true);
  expect(undo && isPossible(undo, 1.5)).toBe(false);
  expect(undo && isPossible(undo, null)).toBe(true);
});
