import { describe, expect, it } from 'vitest';
import {
  type Audible,
  annunciate,
  atRest,
  audibleInWindow,
  inFlood,
  SILENCE_MS,
  silence,
} from './annunciator';

const alarm = (id: string, priority: 1 | 2 | 3, quiet = false): Audible => ({
  id,
  priority,
  quiet,
});

/** Runs second by second and returns [second, priority] of every sound. */
function run(seconds: number, alarmsAt: (second: number) => Audible[], silenceAt?: number) {
  let state = atRest;
  const sounds: [number, number][] = [];
  for (let second = 0; second <= seconds; second += 1) {
    if (second === silenceAt) state = silence(state, second * 1000);
    const step = annunciate(state, alarmsAt(second), second * 1000);
    state = step.state;
    if (step.play) sounds.push([second, step.play]);
  }
  return { sounds, state };
}

describe('the annunciator', () => {
  it('is silent without alarms', () => {
    expect(run(60, () => []).sounds).toEqual([]);
  });

  it('repeats P1 every 10 s until it is quiet', () => {
    const { sounds } = run(35, (second) => [alarm('a', 1, second >= 25)]);
    expect(sounds).toEqual([
      [0, 1],
      [10, 1],
      [20, 1],
    ]);
  });

  it('repeats P2 every 20 s', () => {
    expect(run(45, () => [alarm('a', 2)]).sounds).toEqual([
      [0, 2],
      [20, 2],
      [40, 2],
    ]);
  });

  it('sounds P3 once', () => {
    expect(run(60, () => [alarm('a', 3)]).sounds).toEqual([[0, 3]]);
  });

  it('P1 drowns P2', () => {
    const { sounds } = run(12, () => [alarm('a', 1), alarm('b', 2)]);
    expect(sounds).toEqual([
      [0, 1],
      [10, 1],
    ]);
  });

  it('a second P1 does not wait ten seconds', () => {
    const { sounds } = run(9, (second) =>
      second < 5 ? [alarm('a', 1)] : [alarm('a', 1), alarm('b', 1)],
    );
    expect(sounds).toEqual([
      [0, 1],
      [5, 1],
    ]);
  });

  it('silence lasts two minutes and acknowledges nothing', () => {
    const { sounds } = run(140, () => [alarm('a', 1)], 5);
    expect(sounds[0]).toEqual([0, 1]);
    expect(sounds[1]).toEqual([5 + SILENCE_MS / 1000, 1]);
  });

  it('a new P1 breaks the silence, a new P2 does not', () => {
    const withP2 = run(60, (s) => (s < 20 ? [alarm('a', 1)] : [alarm('a', 1), alarm('b', 2)]), 5);
    expect(withP2.sounds).toEqual([[0, 1]]);
    const withP1 = run(24, (s) => (s < 20 ? [alarm('a', 1)] : [alarm('a', 1), alarm('b', 1)]), 5);
    expect(withP1.sounds).toEqual([
      [0, 1],
      [20, 1],
    ]);
  });

  it('in a flood P2 and P3 fall silent, P1 never', () => {
    const many = Array.from({ length: 11 }, (_, i) => alarm(`p2-${i}`, 2));
    const flood = run(30, () => many);
    expect(inFlood(flood.state, 30_000)).toBe(true);
    expect(flood.sounds).toEqual([]);
    const withP1 = run(12, () => [...many, alarm('a', 1)]);
    expect(withP1.sounds).toEqual([
      [0, 1],
      [10, 1],
    ]);
  });

  it('the budget counts what was new, not the repetitions', () => {
    const { state } = run(55, (second) =>
      second < 30 ? [alarm('a', 1)] : [alarm('a', 1), alarm('b', 1)],
    );
    expect(audibleInWindow(state, 55_000)).toBe(2);
    expect(audibleInWindow(state, 55_000 + 600_000)).toBe(0);
  });
});
