import { describe, expect, it } from 'vitest';
import type { LonLat } from './mercator';
import { chained, isRing, rounded, roundedRing } from './smooth';

const M = 1 / 111_320;
const KX = M / Math.cos((50.85 * Math.PI) / 180);
const at = (x: number, y: number): LonLat => [4.35 + x * KX, 50.85 + y * M];
const metres = (a: LonLat, b: LonLat) => Math.hypot((a[0] - b[0]) / KX, (a[1] - b[1]) / M);

function turns(line: readonly LonLat[]): number[] {
  return line.slice(2).map((c, i) => {
    const [a, b] = [line[i] as LonLat, line[i + 1] as LonLat];
    const before = Math.atan2((b[1] - a[1]) / M, (b[0] - a[0]) / KX);
    const after = Math.atan2((c[1] - b[1]) / M, (c[0] - b[0]) / KX);
    const turn = Math.abs(after - before);
    return Math.min(turn, 2 * Math.PI - turn);
  });
}

describe('rounding a line', () => {
  const corner = [at(0, 0), at(1000, 0), at(1000, 1000)];

  it('keeps both ends exactly', () => {
    const line = rounded(corner, 200);
    expect(line[0]).toEqual(corner[0]);
    expect(line[line.length - 1]).toEqual(corner[2]);
  });

  it('never leaves the corner further than the radius allows', () => {
    const off = rounded(corner, 200).map((p) => Math.min(...corner.map((c) => metres(p, c))));
    const cut = Math.min(...rounded(corner, 200).map((p) => metres(p, corner[1] as LonLat)));
    expect(cut).toBeGreaterThan(30);
    expect(cut).toBeLessThan(200);
    expect(Math.max(...off)).toBeLessThan(1000);
  });

  it('leaves no turn sharper than a curve shows', () => {
    expect(Math.max(...turns(rounded(corner, 200)))).toBeLessThan(0.3);
  });

  it('leaves a straight or two-point line alone', () => {
    expect(rounded([at(0, 0), at(5, 5)], 100)).toEqual([at(0, 0), at(5, 5)]);
  });

  it('rounds every corner of a ring and closes it', () => {
    const square = [at(0, 0), at(1000, 0), at(1000, 1000), at(0, 1000), at(0, 0)];
    const ring = roundedRing(square, 100);
    expect(isRing(ring)).toBe(true);
    expect(Math.max(...turns(ring))).toBeLessThan(0.3);
    for (const corner of square) {
      expect(Math.min(...ring.map((p) => metres(p, corner)))).toBeGreaterThan(20);
    }
  });
});

it('joins lines that continue one another, whichever comes first', () => {
  const [a, b, c, d] = [at(0, 0), at(1, 0), at(2, 0), at(9, 9)];
  expect(
    chained([
      [a, b],
      [b, c],
      [d, at(10, 10)],
    ]),
  ).toEqual([
    [a, b, c],
    [d, at(10, 10)],
  ]);
  expect(
    chained([
      [b, c],
      [a, b],
    ]),
  ).toEqual([[a, b, c]]);
});
