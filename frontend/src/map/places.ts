// Invariant: a place name shows only where it covers no hospital, no vehicle and no other name;
// names give way, they never push anything else aside.
import { type Box, overlapArea } from './placement';
import type { PlaceLabel } from './schematic';

export interface PlaceBox extends Box {
  id: string;
  /** Which of the spots around its anchor it took. */
  shift: number;
}

const RANK_FROM_ZOOM = { 0: 9.6, 1: 11.7, 2: 12.9 } as const;
const SPACE = 3;

export function shownAt(label: PlaceLabel, zoom: number): boolean {
  if (label.kind === 'shield') return zoom >= (label.rank === 2 ? 12.4 : 9.6);
  if (label.kind === 'green' && label.rank === 1) return zoom >= 10.4;
  return zoom >= RANK_FROM_ZOOM[label.rank];
}

// Tried in this order around the anchor of what is a point and not an area.
export const SHIFTS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 16],
  [0, -16],
  [24, 0],
  [-24, 0],
];

export interface PlaceWish {
  label: PlaceLabel;
  x: number;
  y: number;
  w: number;
  h: number;
  /** Shifts to try around the anchor, the best first. */
  shifts: readonly (readonly [number, number])[];
}

/** Spots free of hospitals, vehicles and one another; communes first, then main places, then the
 *  rest. A name that had a spot keeps it while it is free, so that names do not hop about. */
export function placeNames(
  wishes: readonly PlaceWish[],
  obstacles: readonly Box[],
  before: ReadonlyMap<string, number> = new Map(),
): PlaceBox[] {
  const taken: Box[] = [...obstacles];
  const result: PlaceBox[] = [];
  const order = [...wishes].sort(
    (a, b) => weight(a) - weight(b) || (a.label.id < b.label.id ? -1 : 1),
  );
  for (const wish of order) {
    const spot = spots(wish, before.get(wish.label.id)).find((box) => free(box, taken));
    if (!spot) continue;
    taken.push(spot);
    result.push(spot);
  }
  return result;
}

function spots(wish: PlaceWish, kept: number | undefined): PlaceBox[] {
  const all = wish.shifts.map(
    ([dx, dy], shift): PlaceBox => ({
      id: wish.label.id,
      shift,
      x: wish.x - wish.w / 2 + dx,
      y: wish.y - wish.h / 2 + dy,
      w: wish.w,
      h: wish.h,
    }),
  );
  const old = kept === undefined ? undefined : all[kept];
  return old ? [old, ...all.filter((spot) => spot !== old)] : all;
}

export function free(box: Box, taken: readonly Box[], space = SPACE): boolean {
  return taken.every((other) => overlapArea(box, other, space) === 0);
}

function weight({ label }: PlaceWish): number {
  if (label.kind === 'commune') return 0;
  return label.kind === 'shield' ? 2.5 : label.rank + (label.kind === 'green' ? 0.5 : 0);
}
