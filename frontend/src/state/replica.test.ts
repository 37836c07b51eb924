import { describe, expect, it } from 'vitest';
import type { Change, FeedEvent, Position, SnapshotFrame } from '../api/wire';
import {
  advance,
  applyAnswer,
  applyEvents,
  applyPositions,
  applySnapshot,
  emptyReplica,
  LOG_LENGTH,
  type Replica,
} from './replica';

const row = (id: string, version: number, mark: unknown = version): Change =>
  ({ kind: 'site', id, version, state: mark === null ? null : { id, mark } }) as unknown as Change;

const event = (seq: number, ...changes: Change[]): FeedEvent => ({
  seq,
  id: `e${seq}`,
  kind: 'site.changed',
  at: '2026-10-03T12:00:00.000Z',
  said_at: '2026-10-03T12:00:00.000Z',
  actor: { kind: 'user', name: 'A', role: null },
  fact: {},
  changes,
});

const snapshot = (seq: number, entities: Change[], log: FeedEvent[] = []): SnapshotFrame => ({
  type: 'snapshot',
  exercise: false,
  cursor: `${seq}:e${seq}`,
  at: '2026-10-03T12:00:00.000Z',
  entities,
  positions: [],
  log: log.map((entry) => ({ ...entry, changes: [] })),
});

const frame = (seq: number, ...events: FeedEvent[]) => ({
  type: 'events' as const,
  cursor: `${seq}:e${seq}`,
  events,
});

const marks = (replica: Replica) =>
  Object.fromEntries(
    [...replica.entities.site].map(([id, state]) => [
      id,
      (state as unknown as { mark: number }).mark,
    ]),
  );

describe('the replica', () => {
  it('takes rows it does not know and newer versions of those it does', () => {
    const one = applySnapshot(snapshot(1, [row('a', 1)]));
    const two = applyEvents(one, frame(2, event(2, row('a', 2), row('b', 1))));
    expect(marks(two)).toEqual({ a: 2, b: 1 });
    expect(two.cursor).toBe('2:e2');
  });

  it('ignores a version it already has, and an older one', () => {
    const one = applySnapshot(snapshot(5, [row('a', 3)]));
    const same = applyEvents(one, frame(6, event(6, row('a', 3, 'imposter'))));
    const older = applyEvents(same, frame(7, event(7, row('a', 2))));
    expect(marks(older)).toEqual({ a: 3 });
  });

  it('leaves the former replica untouched', () => {
    const one = applySnapshot(snapshot(1, [row('a', 1)]));
    applyEvents(one, frame(2, event(2, row('a', 2), row('b', 1))));
    expect(marks(one)).toEqual({ a: 1 });
  });

  it('keeps untouched kinds identical, so that nothing else is redrawn', () => {
    const one = applySnapshot(snapshot(1, [row('a', 1)]));
    const two = applyEvents(one, frame(2, event(2, row('a', 2))));
    expect(two.entities.vehicle).toBe(one.entities.vehicle);
    expect(two.entities.site).not.toBe(one.entities.site);
  });

  it('removes a row, and a late older version does not bring it back', () => {
    const one = applySnapshot(snapshot(1, [row('a', 1)]));
    const gone = applyEvents(one, frame(2, event(2, row('a', 4, null))));
    expect(marks(gone)).toEqual({});
    const late = applyEvents(gone, frame(3, event(3, row('a', 3))));
    expect(marks(late)).toEqual({});
    expect(marks(applyEvents(late, frame(4, event(4, row('a', 5)))))).toEqual({ a: 5 });
  });

  it('a snapshot replaces everything, even with lower versions after a restore', () => {
    const one = applySnapshot(snapshot(9, [row('a', 9), row('b', 9)]));
    const two = applySnapshot(snapshot(3, [row('a', 2)]));
    expect(marks(one)).toEqual({ a: 9, b: 9 });
    expect(marks(two)).toEqual({ a: 2 });
    expect(two.cursor).toBe('3:e3');
  });

  it('applies a receipt at once without moving the cursor past what others did', () => {
    const one = applySnapshot(snapshot(5, [row('a', 1), row('b', 1)]));
    const own = applyAnswer(one, { events: [event(8, row('a', 2))] });
    expect(marks(own)).toEqual({ a: 2, b: 1 });
    expect(own.cursor).toBe('5:e5');
    const caughtUp = applyEvents(
      own,
      frame(8, event(6, row('b', 2)), event(7, row('b', 3)), event(8, row('a', 2))),
    );
    expect(marks(caughtUp)).toEqual({ a: 2, b: 3 });
    expect(caughtUp.log.map((entry) => entry.seq)).toEqual([6, 7, 8]);
  });

  it('a receipt that trails the feed does not resurrect what was removed since', () => {
    const one = applySnapshot(snapshot(10, []));
    const late = applyAnswer(one, { events: [event(8, row('a', 2))] });
    expect(marks(late)).toEqual({});
  });

  it('in one batch the last word counts', () => {
    const one = applyEvents(
      applySnapshot(snapshot(1, [])),
      frame(4, event(2, row('a', 1)), event(3, row('a', 2)), event(4, row('a', 3, null))),
    );
    expect(marks(one)).toEqual({});
  });

  it('any interleaving of receipt and feed converges on the same rows', () => {
    const history = [
      event(2, row('a', 1)),
      event(3, row('b', 1)),
      event(4, row('a', 2, null)),
      event(5, row('b', 2)),
    ];
    const plain = applyEvents(applySnapshot(snapshot(1, [])), frame(5, ...history));
    for (let cut = 0; cut <= history.length; cut += 1) {
      for (let own = 0; own < history.length; own += 1) {
        const receipt = { events: [history[own] as FeedEvent] };
        let replica = applySnapshot(snapshot(1, []));
        replica = applyEvents(replica, frame(1 + cut, ...history.slice(0, cut)));
        replica = applyAnswer(replica, receipt);
        replica = applyEvents(replica, frame(5, ...history.slice(cut)));
        expect(marks(replica)).toEqual(marks(plain));
        expect(replica.log.map((entry) => entry.seq)).toEqual([2, 3, 4, 5]);
      }
    }
  });

  it('keeps the last 200 events in order, each once', () => {
    let replica = applySnapshot(snapshot(50, [], [event(49), event(50)]));
    const many = Array.from({ length: 300 }, (_, i) => event(51 + i));
    replica = applyEvents(replica, frame(350, ...many));
    expect(replica.log).toHaveLength(LOG_LENGTH);
    expect(replica.log[0]?.seq).toBe(151);
    expect(replica.log.at(-1)?.seq).toBe(350);
  });

  it('keeps the last 200 decisions whatever routine follows them', () => {
    const routine = Array.from({ length: 300 }, (_, i) => ({
      ...event(3 + i),
      kind: 'vehicle.changed' as const,
    }));
    const declared = { ...event(2), kind: 'diversion.declared' as const };
    const replica = applyEvents(applySnapshot(snapshot(1, [])), frame(302, declared, ...routine));
    expect(replica.log).toHaveLength(LOG_LENGTH + 1);
    expect(replica.log[0]?.kind).toBe('diversion.declared');
  });

  it('does not stumble over a kind it does not know', () => {
    const strange = { kind: 'balloon', id: 'x', version: 1, state: {} } as unknown as Change;
    const replica = applySnapshot(snapshot(1, [strange, row('a', 1)]));
    expect(marks(replica)).toEqual({ a: 1 });
  });

  it('a tick moves the cursor forward only', () => {
    const one = applySnapshot(snapshot(5, []));
    expect(advance(one, '9:z').cursor).toBe('9:z');
    expect(advance(one, '4:y').cursor).toBe('5:e5');
    expect(advance(one, '5:e5')).toBe(one);
  });

  it('of two positions of one vehicle the later counts, whatever arrives last', () => {
    const at = (second: number, lat: number): Position => [
      'v',
      lat,
      4,
      `2026-10-03T12:00:0${second}.000Z`,
      null,
      null,
    ];
    let replica = applyPositions(emptyReplica(), [at(5, 50.5)]);
    replica = applyPositions(replica, [at(3, 50.3)]);
    expect(replica.positions.get('v')?.[1]).toBe(50.5);
    replica = applyPositions(replica, [at(6, 50.6)]);
    expect(replica.positions.get('v')?.[1]).toBe(50.6);
  });
});
