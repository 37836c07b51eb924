import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../api/wire';
import { FeedConnection, type Probe, SILENT_SOCKET_MS, type Standing } from './connection';

/** The far end of the wire: what a browser's socket does, driven by the test. */
class Wire {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {}
  close(): void {
    this.closed = true;
  }
  send(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
  end(code: number): void {
    this.onclose?.({ code });
  }
}

const snapshot = { type: 'snapshot', cursor: '7:x', at: '', entities: [], positions: [], log: [] };
const events = { type: 'events', cursor: '8:y', events: [] };
const tick = { type: 'tick', at: '', cursor: '8:y', clock_at: null, without: [] };

function setUp(options: { cursor?: string | null; probe?: Probe } = {}) {
  const dials: Wire[] = [];
  const frames: Frame[] = [];
  const standings: Standing[] = [];
  const connection = new FeedConnection({
    url: (after) => `ws://feed?after=${after}`,
    cursor: () => options.cursor ?? null,
    onframe: (frame) => frames.push(frame),
    onstanding: (standing) => standings.push(standing),
    probe: () => Promise.resolve(options.probe ?? 'welcome'),
    open: (url) => {
      const wire = new Wire(url);
      dials.push(wire);
      return wire as unknown as WebSocket;
    },
    random: () => 1,
  });
  connection.start();
  const last = () => dials.at(-1) as Wire;
  return { connection, dials, frames, standings, last };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the feed connection', () => {
  it('hands frames over in order and resumes from the cursor', () => {
    const { frames, last } = setUp({ cursor: '5:e' });
    expect(last().url).toBe('ws://feed?after=5:e');
    last().send(events);
    last().send(tick);
    expect(frames.map((frame) => frame.type)).toEqual(['events', 'tick']);
  });

  it('tears down a socket silent for 12 s and dials again', () => {
    const { dials, last } = setUp();
    last().send(snapshot);
    vi.advanceTimersByTime(SILENT_SOCKET_MS - 1);
    expect(dials).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(dials[0]?.closed).toBe(true);
    expect(dials).toHaveLength(2);
  });

  it('any frame feeds the watchdog', () => {
    const { dials, last } = setUp();
    last().send(snapshot);
    vi.advanceTimersByTime(11_000);
    last().send(tick);
    vi.advanceTimersByTime(11_000);
    expect(dials).toHaveLength(1);
  });

  it('asks for everything when, resuming, a tick comes before any proof of completeness', () => {
    const { dials, last, frames } = setUp({ cursor: '5:e' });
    last().send({ type: 'hello' });
    last().send(tick);
    vi.advanceTimersByTime(0);
    expect(dials).toHaveLength(2);
    expect(last().url).toBe('ws://feed?after=null');
    expect(frames.map((frame) => frame.type)).toEqual(['hello']);
  });

  it('does not loop when a slow snapshot is preceded by ticks', () => {
    const { dials, last } = setUp({ cursor: null });
    last().send(tick);
    last().send(tick);
    vi.advanceTimersByTime(100);
    expect(dials).toHaveLength(1);
  });

  it('backs off with growing pauses and returns to the first after success', () => {
    const { dials, last } = setUp();
    for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      const before = dials.length;
      last().end(1006);
      vi.advanceTimersByTime(pause - 1);
      expect(dials).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(dials).toHaveLength(before + 1);
    }
    last().send(snapshot);
    last().end(1006);
    vi.advanceTimersByTime(500);
    expect(dials).toHaveLength(9);
  });

  it('a garbled frame is never skipped over: the picture starts anew', () => {
    const { dials, last, frames } = setUp({ cursor: '5:e' });
    last().send('{not json');
    vi.advanceTimersByTime(0);
    expect(dials).toHaveLength(2);
    expect(last().url).toBe('ws://feed?after=null');
    expect(frames).toEqual([]);
  });

  it('logged out: stops dialling and says so', () => {
    const { connection, dials, last } = setUp();
    last().send(snapshot);
    last().send({ type: 'bye', reason: 'logged_out' });
    last().end(4401);
    vi.advanceTimersByTime(120_000);
    expect(dials).toHaveLength(1);
    expect(connection.standing).toBe('expired');
  });

  it('dials again after logging in, and takes nothing of the old picture for granted', () => {
    const { connection, last } = setUp({ cursor: '5:e' });
    last().end(4401);
    connection.kick();
    expect(last().url).toBe('ws://feed?after=null');
    last().send(snapshot);
    expect(connection.standing).toBe('receiving');
  });

  it('access changed: tries once more from nothing, then believes it', () => {
    const { connection, dials, last } = setUp({ cursor: '5:e' });
    last().send(events);
    last().send({ type: 'bye', reason: 'access_changed' });
    vi.advanceTimersByTime(0);
    expect(dials).toHaveLength(2);
    expect(last().url).toBe('ws://feed?after=null');
    last().end(4403);
    vi.advanceTimersByTime(120_000);
    expect(dials).toHaveLength(2);
    expect(connection.standing).toBe('denied');
  });

  it('access changed but still welcome: goes on', () => {
    const { connection, last } = setUp();
    last().send({ type: 'bye', reason: 'access_changed' });
    vi.advanceTimersByTime(0);
    last().send(snapshot);
    expect(connection.standing).toBe('receiving');
    last().send({ type: 'bye', reason: 'access_changed' });
    vi.advanceTimersByTime(0);
    expect(connection.standing).toBe('dialling');
  });

  it('a reader that was too slow comes back, spread', () => {
    const { dials, last } = setUp();
    last().send({ type: 'bye', reason: 'too_slow' });
    vi.advanceTimersByTime(499);
    expect(dials).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(dials).toHaveLength(2);
  });

  it('a page in a session that opened the feed too often waits before it comes back', () => {
    const { dials, last } = setUp();
    last().send({ type: 'bye', reason: 'too_often' });
    vi.advanceTimersByTime(4_999);
    expect(dials).toHaveLength(1);
    vi.advanceTimersByTime(5_001);
    expect(dials).toHaveLength(2);
  });

  it('asks why after two refused handshakes, for the browser does not tell', async () => {
    const { connection, dials, last } = setUp({ probe: 'expired' });
    last().end(1006);
    await vi.advanceTimersByTimeAsync(500);
    last().end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.standing).toBe('expired');
    expect(dials).toHaveLength(2);
  });

  it('keeps dialling while the server cannot be reached', async () => {
    const { connection, dials, last } = setUp({ probe: 'unreachable' });
    for (let i = 0; i < 5; i += 1) {
      last().end(1006);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(dials).toHaveLength(6);
    expect(connection.standing).toBe('dialling');
  });

  it('a frame of an abandoned socket is not heard', () => {
    const { dials, frames, last } = setUp();
    last().end(1006);
    vi.advanceTimersByTime(500);
    dials[0]?.send(snapshot);
    expect(frames).toEqual([]);
  });

  it('stop is final', () => {
    const { connection, dials } = setUp();
    connection.stop();
    vi.advanceTimersByTime(60_000);
    connection.kick();
    expect(dials).toHaveLength(1);
  });
});
