import { describe, expect, it } from 'vitest';
import { notice } from './notice.fixture';
import { departureOf, due, grouped, queue, STRUCK_MS } from './queue';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe('due', () => {
  it('rounds minutes up while the vehicle is on the road', () => {
    expect(due(at(421), NOW)).toEqual({ kind: 'in', minutes: 8 });
    expect(due(at(1), NOW)).toEqual({ kind: 'in', minutes: 1 });
  });

  it('says due, and how late, and never a negative number', () => {
    expect(due(at(0), NOW)).toEqual({ kind: 'due', late: 0 });
    expect(due(at(-59), NOW)).toEqual({ kind: 'due', late: 0 });
    expect(due(at(-190), NOW)).toEqual({ kind: 'due', late: 3 });
  });

  it('does not invent an arrival time', () => {
    expect(due(null, NOW)).toEqual({ kind: 'unknown' });
  });
});

it('groups what lies there by what it asks, and leaves nobody out', () => {
  const all = queue(
    [
      notice({ id: 'a', urgency: 'urgent' }),
      notice({ id: 'b', urgency: 'vital' }),
      notice({ id: 'c', urgency: 'urgent', state: 'seen' }),
      notice({ id: 'd', state: 'acknowledged' }),
    ],
    [],
    NOW,
  );
  const groups = grouped(all);
  expect(groups.map((one) => [one.manner, one.cards.length])).toEqual([
    ['asking', 3],
    ['answered', 1],
  ]);
  expect(groups[0]?.urgencies).toEqual([
    ['vital', 1],
    ['urgent', 2],
  ]);
  expect(groups.flatMap((one) => one.cards)).toEqual(all);
});

describe('queue', () => {
  it('puts who needs an answer first, each group by arrival, unknown arrival last', () => {
    const cards = queue(
      [
        notice({ id: 'late', eta_at: at(900) }),
        notice({ id: 'answered', eta_at: at(60), state: 'acknowledged' }),
        notice({ id: 'unknown', eta_at: null }),
        notice({ id: 'soon', eta_at: at(120), state: 'seen' }),
      ],
      [],
      NOW,
    );
    expect(cards.map((card) => card.notice.id)).toEqual(['soon', 'late', 'unknown', 'answered']);
  });

  it('keeps a redirected patient struck through for a minute, then lets go', () => {
    const gone = notice({
      id: 'gone',
      state: 'withdrawn',
      redirected_to_id: 'delta',
      ended_at: at(0),
    });
    expect(queue([gone], [], NOW + STRUCK_MS - 1)).toMatchObject([
      { manner: 'struck', gone: 'redirected' },
    ]);
    expect(queue([gone], [], NOW + STRUCK_MS)).toEqual([]);
  });

  it('tells what became of a patient whose row has left', () => {
    const departed = [
      { notice: notice({ id: 'x' }), gone: departureOf('transport.cancelled'), at: NOW },
    ];
    expect(queue([], departed, NOW + 1000)).toMatchObject([
      { manner: 'struck', gone: 'cancelled' },
    ]);
    expect(queue([], departed, NOW + STRUCK_MS)).toEqual([]);
  });

  it('never shows one patient twice when the row comes back', () => {
    const back = notice({ id: 'x' });
    const cards = queue([back], [{ notice: back, gone: 'ended', at: NOW }], NOW);
    expect(cards.map((card) => card.manner)).toEqual(['asking']);
  });

  it('takes a raised concern for an answer', () => {
    expect(queue([notice({ state: 'concern' })], [], NOW)[0]?.manner).toBe('answered');
  });
});
