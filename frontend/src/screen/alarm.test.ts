import { describe, expect, it } from 'vitest';
import { alarms, hush, news, SILENCE_MS, silence } from './alarm';
import { notice } from './notice.fixture';

const NOW = Date.parse('2026-10-03T12:00:30.000Z');
const ESCALATE = 60_000;

describe('alarms', () => {
  const priorities = (...args: Parameters<typeof alarms>) =>
    alarms(...args).map((one) => one.priority);

  it('are none when nobody needs an answer', () => {
    expect(
      alarms(
        [notice({ state: 'acknowledged' }), notice({ state: 'arrived' })],
        'live',
        ESCALATE,
        NOW,
      ),
    ).toEqual([]);
  });

  it('are routine for a patient who is not critical', () => {
    expect(priorities([notice()], 'live', ESCALATE, NOW)).toEqual([2]);
  });

  it('are critical for a vital patient at once', () => {
    expect(priorities([notice({ urgency: 'vital' })], 'live', ESCALATE, NOW)).toEqual([1]);
  });

  it('are critical for anybody unanswered for a minute, or escalated by the server', () => {
    expect(priorities([notice()], 'live', ESCALATE, NOW + 30_000)).toEqual([1]);
    expect(
      priorities([notice({ escalated_at: '2026-10-03T12:00:29.000Z' })], 'live', ESCALATE, NOW),
    ).toEqual([1]);
  });

  it('are critical when the feed is dead, even on an empty screen', () => {
    expect(alarms([], 'offline', ESCALATE, NOW)).toEqual([
      { id: 'offline', priority: 1, quiet: false },
    ]);
    expect(alarms([], 'delayed', ESCALATE, NOW)).toEqual([]);
  });
});

describe('silence', () => {
  const one = alarms([notice({ id: 'a' })], 'live', ESCALATE, NOW);

  it('covers two minutes of what was sounding, also once it has become critical', () => {
    const quiet = silence(one, NOW);
    const later = alarms([notice({ id: 'a' })], 'live', ESCALATE, NOW + 60_000);
    expect(hush(later, quiet, NOW + SILENCE_MS - 1)[0]).toMatchObject({ priority: 1, quiet: true });
    expect(hush(later, quiet, NOW + SILENCE_MS)[0]?.quiet).toBe(false);
  });

  it('never covers the next patient, nor a dead feed', () => {
    const quiet = silence(one, NOW);
    const more = alarms([notice({ id: 'a' }), notice({ id: 'b' })], 'offline', ESCALATE, NOW);
    expect(
      hush(more, quiet, NOW + 1)
        .filter((alarm) => !alarm.quiet)
        .map((alarm) => alarm.id),
    ).toEqual(['offline', 'b']);
  });
});

describe('news', () => {
  it('rings once when a patient goes elsewhere', () => {
    const first = news(new Map(), [notice()]);
    expect(first.rings).toBe(false);
    const gone = [notice({ state: 'withdrawn', redirected_to_id: 'delta' })];
    const second = news(first.told, gone);
    expect(second.rings).toBe(true);
    expect(news(second.told, gone).rings).toBe(false);
  });

  it('adds up small shifts of the arrival until they are worth a sound', () => {
    let told = news(new Map(), [notice({ eta_at: '2026-10-03T12:08:00.000Z' })]).told;
    const rings = ['12:11', '12:13', '12:14', '12:15'].map((clock) => {
      const step = news(told, [notice({ eta_at: `2026-10-03T${clock}:00.000Z` })]);
      told = step.told;
      return step.rings;
    });
    expect(rings).toEqual([false, false, true, false]);
  });

  it('does not ring for an arrival, which everybody sees', () => {
    const told = news(new Map(), [notice()]).told;
    expect(news(told, [notice({ state: 'arrived' })]).rings).toBe(false);
  });
});
