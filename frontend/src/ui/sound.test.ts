import { describe, expect, it } from 'vitest';
import { score } from './sound';

describe.each([1, 2, 3] as const)('the motif of priority %s in an exercise', (priority) => {
  const real = score(priority, false);
  const rehearsed = score(priority, true);

  it('begins with two ticks that no real alarm has', () => {
    const ticks = rehearsed.slice(0, rehearsed.length - real.length);
    expect(ticks).toHaveLength(2);
    expect(real.map((note) => note.pitch)).not.toContain(ticks[0]?.pitch);
    expect(Math.max(...ticks.map((note) => note.at + note.length))).toBeLessThan(
      rehearsed[2]?.at ?? 0,
    );
  });

  it('is the real one at half the loudness', () => {
    expect(rehearsed.slice(2).map((note) => note.level)).toEqual(
      real.map((note) => note.level / 2),
    );
    expect(rehearsed.slice(2).map((note) => note.pitch)).toEqual(real.map((note) => note.pitch));
  });
});
