import { expect, it } from 'vitest';
import { redirect } from './picture.fixture';
import { stillUndoable } from './undo';

const entry = { id: 'x', redirectIds: ['r1', 'r2'], until: 10_000 };
const rows = (...all: ReturnType<typeof redirect>[]) => new Map(all.map((one) => [one.id, one]));

it('offers what is still ordered, for ten seconds', () => {
  const redirects = rows(redirect('r1', 't1'), redirect('r2', 't2'));
  expect(stillUndoable([entry], redirects, 9_999)).toEqual([entry]);
  expect(stillUndoable([entry], redirects, 10_000)).toEqual([]);
});

it('drops what a crew has answered or a colleague undone', () => {
  const redirects = rows(redirect('r1', 't1', { state: 'acknowledged' }), redirect('r2', 't2'));
  expect(stillUndoable([entry], redirects, 0)).toEqual([{ ...entry, redirectIds: ['r2'] }]);
  expect(stillUndoable([entry], rows(redirect('r1', 't1', { state: 'cancelled' })), 0)).toEqual([]);
});
