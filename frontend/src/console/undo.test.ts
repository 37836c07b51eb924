import { expect, it } from 'vitest';
import { redirect } from './picture.fixture';
import { remember, stillUndoable } from './undo';

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

it('parcels of one review are one entry; a receipt repeated adds nothing', () => {
  const first = remember([], { id: 'b', redirectIds: ['r1'], until: 1 });
  const second = remember(first, { id: 'b', redirectIds: ['r1', 'r2'], until: 2 });
  expect(second).toEqual([{ id: 'b', redirectIds: ['r1', 'r2'], until: 2 }]);
  expect(remember(second, { id: 'c', redirectIds: ['r3'], until: 3 })).toHaveLength(2);
});
