// Invariant: a call sign never covers a hospital, another call sign or a vehicle that needs a
// decision; where there is no free spot it is left out, unless the reader chose that vehicle.
import type { Point } from './mercator';
import { type Box, overlapArea } from './placement';

export interface CaptionWish {
  id: string;
  x: number;
  y: number;
  /** Radius of the figure it belongs to. */
  r: number;
  w: number;
  h: number;
  /** Shown even if something is covered: selected, or a decision is due. */
  must: boolean;
  weight: number;
}

export const SIDES = ['right', 'left', 'above', 'below'] as const;
export type Side = (typeof SIDES)[number];

export function captionBox(wish: Omit<CaptionWish, 'must' | 'weight'>, side: Side): Box {
  const { x, y, r, w, h } = wish;
  const gap = r + 4;
  if (side === 'right') return { x: x + gap, y: y - h / 2, w, h };
  if (side === 'left') return { x: x - gap - w, y: y - h / 2, w, h };
  if (side === 'above') return { x: x - w / 2, y: y - gap - h, w, h };
  return { x: x - w / 2, y: y + gap, w, h };
}

/** Sides by vehicle; the side a caption had is tried first, so that captions do not flutter. */
export function placeCaptions(
  wishes: readonly CaptionWish[],
  obstacles: readonly Box[],
  before: ReadonlyMap<string, Side>,
  room: Box,
): Map<string, Side> {
  const order = [...wishes].sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
  const figures = order
    .filter((wish) => wish.must)
    .map((wish) => ({ id: wish.id, box: around(wish) }));
  const taken = [...obstacles];
  const result = new Map<string, Side>();
  for (const wish of order) {
    const kept = before.get(wish.id);
    const sides = kept ? [kept, ...SIDES.filter((side) => side !== kept)] : SIDES;
    const others = figures.filter(({ id }) => id !== wish.id).map(({ box }) => box);
    const [side, covered] = leastCovered(wish, sides, [...taken, ...others], room);
    if (covered > 0 && !wish.must) continue;
    result.set(wish.id, side);
    taken.push(captionBox(wish, side));
  }
  return result;
}

function leastCovered(
  wish: CaptionWish,
  sides: readonly Side[],
  taken: readonly Box[],
  room: Box,
): [Side, number] {
  let best: [Side, number] = [sides[0] ?? 'right', Number.POSITIVE_INFINITY];
  for (const side of sides) {
    const box = captionBox(wish, side);
    const cut = box.w * box.h - overlapArea(box, room);
    const covered = taken.reduce((sum, other) => sum + overlapArea(box, other, 1), cut);
    if (covered < best[1]) best = [side, covered];
    if (covered === 0) break;
  }
  return best;
}

export function around({ x, y, r }: Point & { r: number }): Box {
  return { x: x - r, y: y - r, w: 2 * r, h: 2 * r };
}
