import { describe, expect, it } from 'vitest';
import type { EventsFrame, SnapshotFrame } from '../api/wire';
import { applyEvents, applySnapshot, LOG_LENGTH, type Replica } from './replica';
import spine from './traces/spine.json';

// Recorded from the server by tests/replicas/record.py, and held to it by tests/replicas/test_trace.py.
type Reader = {
  audience: string;
  snapshot: SnapshotFrame;
  frames: EventsFrame[];
  fresh: SnapshotFrame;
};

const readers = spine.readers as unknown as Reader[];

const rows = (replica: Replica) =>
  Object.fromEntries(
    Object.entries(replica.entities).map(([kind, byId]) => [
      kind,
      Object.fromEntries([...byId].sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );

const follow = (reader: Reader, frames: EventsFrame[]) =>
  frames.reduce(applyEvents, applySnapshot(reader.snapshot));

describe.each(readers)('a reader as $audience', (reader) => {
  const fresh = applySnapshot(reader.fresh);

  it('has something to follow', () => {
    expect(reader.frames.flatMap((frame) => frame.events).length).toBeGreaterThan(5);
    expect(rows(applySnapshot(reader.snapshot))).not.toEqual(rows(fresh));
  });

  it('has, frame by frame, exactly what a fresh reader gets', () => {
    const followed = follow(reader, reader.frames);
    expect(rows(followed)).toEqual(rows(fresh));
    expect(followed.cursor).toBe(fresh.cursor);
  });

  it('is not misled by frames told twice', () => {
    const twice = reader.frames.flatMap((frame) => [frame, frame]);
    expect(rows(follow(reader, twice))).toEqual(rows(fresh));
  });

  it('is not misled by frames told again at the end', () => {
    const again = [...reader.frames, ...reader.frames];
    expect(rows(follow(reader, again))).toEqual(rows(fresh));
  });

  it('resumes from any cursor as if it had never been away', () => {
    reader.frames.forEach((_, cut) => {
      const before = follow(reader, reader.frames.slice(0, cut));
      const after = reader.frames.slice(cut).reduce(applyEvents, before);
      expect(rows(after)).toEqual(rows(fresh));
    });
  });

  it('keeps the log in the order of its numbers, each once', () => {
    const { log } = follow(reader, [...reader.frames, ...reader.frames]);
    const seqs = log.map((entry) => entry.seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(seqs.length).toBeLessThanOrEqual(LOG_LENGTH);
    const fresh = reader.fresh.log.map((entry) => entry.seq);
    expect(fresh.filter((seq) => !seqs.includes(seq))).toEqual([]);
    expect(seqs.slice(-50)).toEqual(fresh.slice(-50));
  });
});
