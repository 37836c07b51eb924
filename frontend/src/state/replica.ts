// The replica is what the server said, nothing more: a row changes only to a higher version, a
// removed row stays removed, and a snapshot replaces everything.
import type {
  Answer,
  Change,
  EntityByKind,
  EventsFrame,
  FeedEvent,
  Kind,
  LogEntry,
  Position,
  SnapshotFrame,
} from '../api/wire';

export const LOG_LENGTH = 200;

/** What happens all day by itself. It may not push the decisions out of the kept log. */
const ROUTINE = /^(vehicle|transport)\.|^notice\.(sent|seen)$|^channel\.test_asked$|^crew\./;

export function isRoutine({ kind, fact }: Pick<LogEntry, 'kind' | 'fact'>): boolean {
  // Another screen beside those that were live already changes nothing anybody would act on.
  return ROUTINE.test(kind) || (kind === 'presence.changed' && fact.state === fact.former);
}

export type Entities = { readonly [K in Kind]: ReadonlyMap<string, EntityByKind[K]> };

export type Replica = {
  readonly entities: Entities;
  /** per "kind/id", kept for removed rows too: the tombstones */
  readonly versions: ReadonlyMap<string, number>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly log: readonly LogEntry[];
  readonly cursor: string | null;
};

/** Every kind of row there is, and none of any. */
const NO_ROWS: Entities = {
  region: new Map(),
  site: new Map(),
  diversion: new Map(),
  vehicle: new Map(),
  transport: new Map(),
  redirect: new Map(),
  notice: new Map(),
  presence: new Map(),
  question: new Map(),
  mass_casualty: new Map(),
  channel: new Map(),
};

export function emptyReplica(): Replica {
  return {
    entities: NO_ROWS,
    versions: new Map(),
    positions: new Map(),
    log: [],
    cursor: null,
  };
}

export function sequenceOf(cursor: string | null): number {
  const seq = cursor === null ? Number.NaN : Number.parseInt(cursor, 10);
  return Number.isNaN(seq) ? -1 : seq;
}

export function applySnapshot(frame: SnapshotFrame): Replica {
  const fresh = applyChanges(emptyReplica(), frame.entities);
  return {
    ...fresh,
    positions: mergePositions(fresh.positions, frame.positions),
    log: mergeLog([], frame.log),
    cursor: frame.cursor,
  };
}

export function applyEvents(replica: Replica, frame: EventsFrame): Replica {
  const applied = take(replica, frame.events);
  return { ...applied, cursor: frame.cursor };
}

/** The receipt of our own command, which may overtake the feed or trail behind it. The cursor stays:
 *  what others did in between is still to come. */
export function applyAnswer(replica: Replica, answer: Pick<Answer, 'events'>): Replica {
  const known = sequenceOf(replica.cursor);
  // Already inside the picture; rows removed since then must not come back.
  const news = answer.events.filter((event) => event.seq > known);
  return take(replica, news);
}

export function applyPositions(replica: Replica, positions: readonly Position[]): Replica {
  return { ...replica, positions: mergePositions(replica.positions, positions) };
}

export function advance(replica: Replica, cursor: string): Replica {
  if (sequenceOf(cursor) < sequenceOf(replica.cursor)) return replica;
  return cursor === replica.cursor ? replica : { ...replica, cursor };
}

/** One row learnt outside the feed: a conflict answers with the current representation. */
export function applyChange(replica: Replica, change: Change): Replica {
  return applyChanges(replica, [change]);
}

function take(replica: Replica, events: readonly FeedEvent[]): Replica {
  const changes = events.flatMap((event) => event.changes);
  const entries = events.map(({ changes: _, ...entry }) => entry);
  return { ...applyChanges(replica, changes), log: mergeLog(replica.log, entries) };
}

function applyChanges(replica: Replica, changes: readonly Change[]): Replica {
  if (changes.length === 0) return replica;
  const versions = new Map(replica.versions);
  const touched: { [K in Kind]?: Map<string, EntityByKind[K]> } = {};
  for (const change of changes) {
    // A newer server may send kinds that this page has no place for.
    if (!Object.hasOwn(NO_ROWS, change.kind)) continue;
    const key = `${change.kind}/${change.id}`;
    if (change.version <= (versions.get(key) ?? -1)) continue;
    versions.set(key, change.version);
    put(replica, touched, change);
  }
  return { ...replica, versions, entities: { ...replica.entities, ...touched } as Entities };
}

function put(
  replica: Replica,
  touched: { [kind in Kind]?: Map<string, EntityByKind[kind]> },
  change: Change,
): void {
  touched[change.kind] ??= new Map(replica.entities[change.kind] as ReadonlyMap<string, never>);
  const rows = touched[change.kind] as Map<string, unknown>;
  if (change.state === null) rows.delete(change.id);
  else rows.set(change.id, change.state);
}

function mergeLog(old: readonly LogEntry[], more: readonly LogEntry[]): readonly LogEntry[] {
  if (more.length === 0) return old;
  const bySeq = new Map(old.map((entry) => [entry.seq, entry]));
  for (const entry of more) bySeq.set(entry.seq, entry);
  const inOrder = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const lately = inOrder.slice(-LOG_LENGTH);
  const decisions = inOrder.filter((entry) => !isRoutine(entry)).slice(-LOG_LENGTH);
  const kept = new Set([...lately, ...decisions]);
  return inOrder.filter((entry) => kept.has(entry));
}

function mergePositions(
  old: ReadonlyMap<string, Position>,
  more: readonly Position[],
): ReadonlyMap<string, Position> {
  if (more.length === 0) return old;
  const merged = new Map(old);
  for (const position of more) {
    const known = merged.get(position[0]);
    if (!known || Date.parse(position[3]) >= Date.parse(known[3]))
      merged.set(position[0], position);
  }
  return merged;
}
