import { describe, expect, it } from 'vitest';
import { edgeMarks, lineUp } from './edges';
import { overlapArea } from './placement';

const frame = { left: 0, top: 0, right: 600, bottom: 500 };
const site = (id: string, x: number, y: number) => ({ id, x, y, w: 100, h: 30 });

describe('a site beyond the picture', () => {
  it('stands at the edge it lies behind, pointing at it', () => {
    const [east, south] = edgeMarks([site('e', 2000, 250), site('s', 300, 2000)], frame);
    expect(east).toMatchObject({ edge: 'right', x: 550, y: 250, bearing: 90 });
    expect(south).toMatchObject({ edge: 'bottom', x: 300, y: 485 });
    expect(Math.abs(south?.bearing ?? 0)).toBe(180);
  });

  it('never covers another at the same edge', () => {
    const crowd = ['a', 'b', 'c', 'd', 'e'].map((id, i) => site(id, 2000, 240 + i));
    const marks = edgeMarks(crowd, frame);
    const boxes = marks.map(({ x, y }) => ({ x: x - 50, y: y - 15, w: 100, h: 30 }));
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) expect(overlapArea(a, b)).toBe(0);
      expect(a.y).toBeGreaterThanOrEqual(0);
      expect(a.y + a.h).toBeLessThanOrEqual(500);
    }
  });

  it('steps aside for what stands in the picture', () => {
    const taken = { x: 480, y: 235, w: 110, h: 30 };
    const [mark] = edgeMarks([site('e', 2000, 250)], frame, [taken]);
    const box = { x: (mark?.x ?? 0) - 50, y: (mark?.y ?? 0) - 15, w: 100, h: 30 };
    expect(overlapArea(box, taken)).toBe(0);
  });
});

it('an edge too crowded to avoid everything still keeps order and no overlap', () => {
  const centres = lineUp([10, 12, 14], [30, 30, 30], 0, 110, [[0, 110]]);
  expect(centres).toEqual([...centres].sort((a, b) => a - b));
  expect((centres[1] as number) - (centres[0] as number)).toBeGreaterThanOrEqual(30);
});
