// List and map tell the same of every vehicle, in a city of three hundred while redirects go on.
import { describe, expect, it } from 'vitest';
import type { Position, Redirect, Transport } from '../api/wire';
import {
  affectedGroups,
  crewCannot,
  crewOverdue,
  type Row,
  rowsInOrder,
} from '../console/affected';
import { at, NOON, notice, picture, redirect, transport } from '../console/picture.fixture';
import type { Tone } from './fleet';
import { fleetRows } from './rows';

const OVERDUE_S = 30;
const VEHICLES = 300;

/** The same numbers on every machine, without hidden chance. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

type City = {
  transports: Map<string, Transport>;
  redirects: Map<string, Redirect>;
  answered: Set<string>;
};

function begun(roll: (sides: number) => number): City {
  const transports = new Map<string, Transport>();
  for (let n = 0; n < VEHICLES; n += 1) {
    if (roll(4) === 0) continue;
    const affected_since = roll(2) === 0 ? at(0) : null;
    transports.set(`t${n}`, transport(`t${n}`, 'old', { affected_since }));
  }
  return { transports, redirects: new Map(), answered: new Set() };
}

/** Somebody decides, answers, takes back or arrives; the row and its decision change together, as in the log. */
function step(
  { transports, redirects, answered }: City,
  second: number,
  roll: (sides: number) => number,
): void {
  const ids = [...transports.keys()];
  const id = ids[roll(ids.length)] as string;
  const one = transports.get(id) as Transport;
  const order = [...redirects.values()].find(
    (each) => each.transport_id === id && each.state === 'ordered',
  );
  const put = (change: Partial<Transport>) => transports.set(id, { ...one, ...change });
  const told = (change: Partial<Redirect>) =>
    order && redirects.set(order.id, { ...order, ...change });
  const act = roll(order ? 5 : 3);
  if (act === 4) told({ objection: 'other', objected_at: at(second) });
  else if (act === 3) {
    told({ state: 'cancelled' });
    put({ affected_since: at(0), ordered_destination_id: null });
  } else if (order && act === 2) {
    told({ state: 'acknowledged' });
    put({ destination_id: 'new', ordered_destination_id: null });
    if (roll(2) === 0) answered.add(id);
  } else if (!order && one.affected_since) {
    const choice = act === 0 ? 'keep' : 'redirect';
    const state = choice === 'keep' ? 'acknowledged' : 'ordered';
    redirects.set(
      `r${second}`,
      redirect(`r${second}`, id, { choice, state, ordered_at: at(second) }),
    );
    if (choice === 'redirect') put({ affected_since: null, ordered_destination_id: 'new' });
  } else if (!order && act === 0) transports.delete(id);
}

/** What the map must show for a row of the list. */
function toneFor(row: Row | undefined, carries: boolean, now: number): Tone {
  if (!row) return carries ? 'neutral' : 'idle';
  if (row.stage === 'undecided' || crewCannot(row)) return 'undecided';
  if (row.stage === 'ordered') return crewOverdue(row, now, OVERDUE_S) ? 'overdue' : 'ordered';
  return row.stage === 'kept' ? 'neutral' : 'settled';
}

describe('list and map', () => {
  it.each([1, 2, 3])(
    'tell the same of three hundred vehicles at every step of a night (%i)',
    (seed) => {
      const roll = dice(seed);
      const city = begun(roll);
      const signs = Array.from({ length: VEHICLES }, (_, n) => `v-t${n}`);
      const positions = new Map<string, Position>(
        signs.map((id) => [id, [id, 50.8, 4.3, at(0), null, null]]),
      );
      const seen = new Set<Tone>();
      for (let second = 1; second <= 400; second += 1) {
        step(city, second, roll);
        if (second % 10 > 0) continue;
        const now = NOON + second * 1000;
        const notices = [...city.answered].map((id) =>
          notice(`n-${id}`, id, 'new', { acknowledged_at: at(second) }),
        );
        const shown = picture({
          transports: signs.map((id) => transport(id.slice(2), 'old')),
          notices,
        });
        const facts = { ...shown, transports: city.transports, redirects: city.redirects };
        const list = new Map(
          rowsInOrder(affectedGroups(facts, 240)).map((row) => [row.transport.vehicle_id, row]),
        );
        const motion = { tracks: new Map(), clock: 0, still: true };
        const words = { age: () => '', lost: () => '' };
        const fleet = fleetRows(
          { ...facts, positions, now, overdueAfterS: OVERDUE_S },
          motion,
          words,
        );
        expect(fleet).toHaveLength(VEHICLES);
        for (const { id, tone } of fleet) {
          expect([id, tone]).toEqual([
            id,
            toneFor(list.get(id), city.transports.has(id.slice(2)), now),
          ]);
          seen.add(tone);
        }
      }
      expect(seen).toEqual(
        new Set(['idle', 'neutral', 'undecided', 'ordered', 'overdue', 'settled']),
      );
    },
  );
});
