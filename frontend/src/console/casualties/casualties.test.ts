import { describe, expect, it } from 'vitest';
import type { CasualtyGroup, Position, Share, Urgency } from '../../api/wire';
import { at, casualty, option, transport, vehicle } from '../picture.fixture';
import {
  carriers,
  metresBetween,
  numberOf,
  placeOf,
  sentFrom,
  total,
  waiting,
  within,
} from './casualties';
import { destinations, firstWaiting, listed } from './sending';

const byId = <R extends { id: string }>(...rows: R[]) => new Map(rows.map((row) => [row.id, row]));

describe('who was sent', () => {
  it('counts who is under way where they are heading, who has arrived, and nobody of another place', () => {
    const sent = sentFrom(
      casualty('c', { arrived: [{ site_id: 'a', urgency: 'vital', number: 2 }] }),
      byId(
        transport('1', 'a', { mass_casualty_id: 'c', urgency: 'vital' }),
        transport('2', 'a', {
          mass_casualty_id: 'c',
          urgency: 'routine',
          ordered_destination_id: 'b',
        }),
        transport('3', 'a', { mass_casualty_id: 'other' }),
        transport('4', 'a'),
      ),
    );
    expect(sent.get('a')).toEqual({ vital: 3, urgent: 0, routine: 0 });
    expect(sent.get('b')).toEqual({ vital: 0, urgent: 0, routine: 1 });
    expect(total(sent.values())).toEqual({ vital: 3, urgent: 0, routine: 1 });
  });

  it('leaves nobody waiting below zero, and what is not established stays so', () => {
    const left = waiting(
      { vital: 2, urgent: 3, routine: null },
      { vital: 3, urgent: 1, routine: 1 },
    );
    expect(left).toEqual({ vital: 0, urgent: 2, routine: null });
  });
});

describe('who could take somebody', () => {
  const seen = (id: string, lat: number): [string, Position] => [
    id,
    [id, lat, 4.357, at(0), null, null],
  ];

  it('is the nearest first, and last of all whose place nobody knows', () => {
    const found = carriers(
      casualty('c'),
      [vehicle('lost'), vehicle('far'), vehicle('near')],
      new Map([seen('far', 50.9), seen('near', 50.846)]),
      byId(transport('t', 'a', { vehicle_id: 'near' })),
    );
    expect(found.map((one) => one.vehicle.id)).toEqual(['near', 'far', 'lost']);
    expect(found.map((one) => one.transport?.id ?? null)).toEqual(['t', null, null]);
    expect(found[0]?.metres).toBeCloseTo(111, 0);
  });
});

describe('a place', () => {
  it('is read as it is written here, with a decimal point or a comma', () => {
    expect(placeOf('50.8467, 4.3525')).toEqual({ lat: 50.8467, lon: 4.3525 });
    expect(placeOf('50,8467; 4,3525')).toEqual({ lat: 50.8467, lon: 4.3525 });
    expect(placeOf(' 50.8467 4.3525 ')).toEqual({ lat: 50.8467, lon: 4.3525 });
  });

  it.each(['', 'Gare', '50.8', '95, 4', '50, 190', '1,2,3,4,5'])('is none in %j', (text) => {
    expect(placeOf(text)).toBeNull();
  });

  it('lies within an outline or outside it', () => {
    const square = [
      [4, 50],
      [5, 50],
      [5, 51],
      [4, 51],
    ];
    expect(within({ lat: 50.5, lon: 4.5 }, square)).toBe(true);
    expect(within({ lat: 51.5, lon: 4.5 }, square)).toBe(false);
    expect(within({ lat: 51.5, lon: 4.5 }, [])).toBe(true);
  });

  it('is as far from another as it is on the ground', () => {
    expect(metresBetween({ lat: 50.845, lon: 4.357 }, { lat: 50.845, lon: 4.457 })).toBeCloseTo(
      7021,
      -1,
    );
  });
});

it('takes a blank number as not established and never as zero', () => {
  expect([numberOf(''), numberOf('0'), numberOf('12'), numberOf('1.5'), numberOf('-1')]).toEqual([
    null,
    0,
    12,
    null,
    null,
  ]);
});

function share(site: string, seconds: number, more: Partial<Share> = {}): Share {
  const room = { offered: 2, assumed: 1, sent: 0, left: 2 };
  const shown = { ...option(site, { seconds: seconds }), admits: true };
  return { option: shown, room, proposed: 0, beyond: 0, children_only: false, ...more };
}

const group = (urgency: Urgency, waitingNow: number, shares: Share[] = []): CasualtyGroup => ({
  urgency,
  waiting: waitingNow,
  shares,
  nowhere: 0,
});

describe('the next to leave', () => {
  it('are the gravest who wait, and the gravest of all where nobody is known to', () => {
    expect(firstWaiting([group('vital', 0), group('urgent', 2), group('routine', 9)])).toBe(
      'urgent',
    );
    expect(firstWaiting([group('vital', 0), group('urgent', 0)])).toBe('vital');
    expect(firstWaiting([])).toBe('vital');
  });

  it('go to the nearest proposed hospital, and elsewhere only by choice', () => {
    const shares = [
      share('near', 100),
      share('proposed', 300, { proposed: 1 }),
      share('also', 200, { proposed: 2 }),
      share('closed', 50, { option: { ...option('closed', { seconds: 50 }), admits: false } }),
      share('children', 20, { children_only: true }),
    ];
    const order = (child: boolean) =>
      destinations(group('urgent', 3, shares), child).map((one) => one.option.site_id);
    expect(order(false)).toEqual(['also', 'proposed', 'near', 'closed']);
    expect(order(true)).toEqual(['children', 'also', 'proposed', 'near', 'closed']);
  });
});

it('of two as near, the one that has said that it can comes first', () => {
  const unsaid = { offered: null, assumed: 1, sent: 0, left: 1 };
  const shares = [
    share('silent', 300, { proposed: 1, room: unsaid }),
    share('said', 400, { proposed: 1 }),
    share('far', 900, { proposed: 1 }),
  ];
  const order = destinations(group('vital', 3, shares), false).map((one) => one.option.site_id);
  expect(order).toEqual(['said', 'silent', 'far']);
});

it('lists each hospital once, those that admit nobody last', () => {
  const closed = share('closed', 10, {
    option: { ...option('closed', { seconds: 10 }), admits: false },
  });
  const groups = [
    group('vital', 1, [share('b', 200), closed]),
    group('routine', 1, [share('a', 150), share('b', 90)]),
  ];
  expect(listed(groups)).toEqual(['b', 'a', 'closed']);
});
