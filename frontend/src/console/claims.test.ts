import { expect, it } from 'vitest';
import { claimants, heldHere, initials } from './claims';
import { Holding, RENEW_MS } from './holding';

const held = (desk: string, name: string, ...transports: string[]) => ({ desk, name, transports });

it('shows whose a vehicle is, and never this desk itself', () => {
  const others = claimants([held('d1', 'Dina', 't1'), held('d2', 'Dirk', 't1', 't2')], 'd1');
  expect([...others]).toEqual([
    ['t1', ['Dirk']],
    ['t2', ['Dirk']],
  ]);
});

it('two desks at one vehicle are both named', () => {
  const others = claimants([held('d1', 'Dina', 't1'), held('d2', 'Dirk', 't1')], 'd3');
  expect(others.get('t1')).toEqual(['Dina', 'Dirk']);
});

it.each([
  ['Camille', 'CA'],
  ['Camille Dupont', 'CD'],
  ['Jean-Luc van der Elst', 'JE'],
  ['Élise', 'ÉL'],
  ['', '?'],
])('%s is %s in a row', (name, letters) => {
  expect(initials(name)).toBe(letters);
});

it('a desk is at what it has armed, opened or is about to send', () => {
  expect(heldHere(null, null, ['t9'])).toEqual([]);
  expect(heldHere('t1', { kind: 'keep', rowId: 't1' }, [])).toEqual(['t1']);
  expect(heldHere('t2', { kind: 'other', rowId: 't1', siteId: null }, [])).toEqual(['t1', 't2']);
  const review = { kind: 'bulk', siteId: null, only: null } as const;
  expect(heldHere(null, review, ['t3', 't1'])).toEqual(['t1', 't3']);
});

function desk(fails = 0) {
  let now = 0;
  let left = fails;
  const told: string[] = [];
  const holding = new Holding({
    tell: async (ids) => {
      told.push(ids.join());
      left -= 1;
      if (left >= 0) throw new Error('no network');
    },
    now: () => now,
  });
  return { holding, told, later: (ms: number) => (now += ms) };
}

const settled = async () => {
  for (let turn = 0; turn < 9; turn += 1) await Promise.resolve();
};

it('says what is held at once, and again while it is held', async () => {
  const { holding, told, later } = desk();
  holding.want(['t1']);
  await settled();
  await holding.look();
  expect(told).toEqual(['t1']);
  later(RENEW_MS);
  await holding.look();
  expect(told).toEqual(['t1', 't1']);
});

it('gives up once, and then says nothing more', async () => {
  const { holding, told, later } = desk();
  holding.want(['t1']);
  await settled();
  holding.want([]);
  await settled();
  later(RENEW_MS);
  await holding.look();
  expect(told).toEqual(['t1', '']);
});

it('one word at a time: what changes meanwhile is said after it', async () => {
  const { holding, told } = desk();
  holding.want(['t1']);
  holding.want(['t2']);
  holding.want(['t3']);
  await settled();
  expect(told).toEqual(['t1', 't3']);
});

it('what was lost is said again', async () => {
  const { holding, told } = desk(1);
  holding.want(['t1']);
  await settled();
  await holding.look();
  await holding.look();
  expect(told).toEqual(['t1', 't1']);
});
