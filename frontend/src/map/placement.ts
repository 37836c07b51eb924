// Invariant: no two pins and no two labels overlap after placement while any free spot was tried for
// them; the same sites at the same zoom always land in the same places.
import type { Point } from './mercator';

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Pin {
  id: string;
  /** Where the site is, in pixels. */
  x: number;
  y: number;
  /** Size of its label in pixels. */
  w: number;
  h: number;
  /** Diameter of the pin itself. */
  size: number;
  /** Higher is placed first and keeps the better spot. */
  weight: number;
  /** Its name stays even where something must be covered; other names give way to the crowd. */
  must: boolean;
}

export interface Placed {
  id: string;
  /** Shift of the pin from the place itself; a leader line is due when it is not zero. */
  pin: Point;
  /** Top left of the label relative to the centre of the pin. */
  label: Point;
  /** Which way the text runs from the pin, so that it may be aligned towards it. */
  side: 'right' | 'left' | 'middle';
  /** False where there was no room for the name: the pin stands alone until it is asked. */
  named: boolean;
  /** Towards a name that had to stand off its pin: the near point of its box, from the pin's centre. */
  link: Point | null;
  /** Overlap that could not be avoided, in square pixels. */
  overlap: number;
}

const PIN_GAP = 3;
const LABEL_GAP = 3;
const SPACE = 2;
/** A name further off than this is tied to its pin by a line. */
const LOOSE = 9;

export function overlapArea(a: Box, b: Box, space = 0): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x) + space;
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y) + space;
  return w > 0 && h > 0 ? w * h : 0;
}

/** Pins pushed apart until each can be read, each as near its place as the others allow. */
export function spread(pins: readonly Pin[]): Map<string, Point> {
  const order = [...pins].sort(byId);
  const at = order.map(({ x, y }) => ({ x, y }));
  for (let round = 0; round < 80; round++) {
    let moved = 0;
    for (let i = 0; i < at.length; i++) {
      for (let j = i + 1; j < at.length; j++) {
        const distance = ((order[i] as Pin).size + (order[j] as Pin).size) / 2 + PIN_GAP;
        moved = Math.max(moved, part(at[i] as Point, at[j] as Point, distance, i + j));
      }
    }
    if (moved < 0.25) break;
  }
  return new Map(order.map((pin, i) => [pin.id, at[i] as Point]));
}

function part(a: Point, b: Point, distance: number, seed: number): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const gap = Math.hypot(dx, dy);
  if (gap >= distance) return 0;
  const angle = gap < 0.01 ? seed * 2.4 : Math.atan2(dy, dx);
  const push = (distance - gap) / 2 + 0.05;
  a.x -= Math.cos(angle) * push;
  a.y -= Math.sin(angle) * push;
  b.x += Math.cos(angle) * push;
  b.y += Math.sin(angle) * push;
  return push;
}

interface Candidate {
  box: Box;
  side: Placed['side'];
  cost: number;
}

/** The spots a label may take around its pin, the best first. */
export function candidates({ x, y }: Point, { w, h, size }: Omit<Pin, keyof Point>): Candidate[] {
  const half = size / 2;
  const far = half + LABEL_GAP;
  const spot = (left: number, top: number, side: Placed['side'], cost: number): Candidate => ({
    box: { x: left, y: top, w, h },
    side,
    cost,
  });
  const ring = (out: number, cost: number) => [
    spot(x + far + out, y - h / 2, 'right', cost),
    spot(x - far - out - w, y - h / 2, 'left', cost + 3),
    spot(x - w / 2, y + far + out, 'middle', cost + 5),
    spot(x - w / 2, y - far - out - h, 'middle', cost + 6),
    spot(x + half * 0.7 + out, y - half - h + 4 - out, 'right', cost + 8),
    spot(x + half * 0.7 + out, y + half - 4 + out, 'right', cost + 8),
    spot(x - half * 0.7 - out - w, y - half - h + 4 - out, 'left', cost + 10),
    spot(x - half * 0.7 - out - w, y + half - 4 + out, 'left', cost + 10),
    spot(x - w * 0.22, y + far + out, 'right', cost + 9),
    spot(x - w * 0.78, y + far + out, 'left', cost + 9),
    spot(x - w * 0.22, y - far - out - h, 'right', cost + 9),
    spot(x - w * 0.78, y - far - out - h, 'left', cost + 9),
  ];
  return [...ring(0, 0), ...ring(8, 22), ...ring(20, 50), ...ring(36, 80)];
}

interface Board {
  centre: ReadonlyMap<string, Point>;
  options: ReadonlyMap<string, Candidate[]>;
  /** What no name may hide: every pin, and the place of a pin that had to step aside. */
  solid: ReadonlyMap<string, Box[]>;
  room: Box | null;
}

/** Everything placed together: heavier first, then each name reconsidered until none improves, then
 *  the names that still cover something given up, unless they must stand. */
export function placeSites(pins: readonly Pin[], room: Box | null): Placed[] {
  const centre = spread(pins);
  const options = new Map(
    pins.map((pin) => [pin.id, candidates(centre.get(pin.id) as Point, pin)]),
  );
  const board: Board = { centre, options, solid: pinBoxes(pins, centre), room };
  const order = [...pins].sort((a, b) => b.weight - a.weight || byId(a, b));
  const chosen = settle(order, new Map(), board);
  const kept = thinned(order, chosen, board);
  settle(
    order.filter((pin) => kept.has(pin.id)),
    kept,
    board,
  );
  return pins.map((pin) => placed(pin, kept.get(pin.id) ?? null, chosen, kept, board));
}

function settle(
  order: readonly Pin[],
  chosen: Map<string, Candidate>,
  board: Board,
): Map<string, Candidate> {
  for (let round = 0; round < 6; round++) {
    let changed = false;
    for (const pin of order) {
      const best = cheapest(pin.id, chosen, board);
      if (chosen.get(pin.id) !== best) changed = true;
      chosen.set(pin.id, best);
    }
    if (!changed) break;
  }
  return chosen;
}

/** The spots left after giving up, one by one, the name that covers most and may go. */
function thinned(
  order: readonly Pin[],
  chosen: ReadonlyMap<string, Candidate>,
  board: Board,
): Map<string, Candidate> {
  const kept = new Map(chosen);
  for (;;) {
    const worst = order
      .filter((pin) => !pin.must && kept.has(pin.id))
      .map((pin) => ({ id: pin.id, covered: covered(pin.id, kept, board) }))
      .sort((a, b) => b.covered - a.covered)[0];
    if (!worst || worst.covered < 1) return kept;
    kept.delete(worst.id);
  }
}

function covered(id: string, chosen: ReadonlyMap<string, Candidate>, board: Board): number {
  const own = chosen.get(id);
  if (!own) return 0;
  let area = board.room ? own.box.w * own.box.h - overlapArea(own.box, board.room) : 0;
  for (const [other, { box }] of chosen) if (other !== id) area += overlapArea(own.box, box);
  for (const [other, boxes] of board.solid) {
    if (other !== id) for (const box of boxes) area += overlapArea(own.box, box);
  }
  return area;
}

function pinBoxes(pins: readonly Pin[], centre: ReadonlyMap<string, Point>): Map<string, Box[]> {
  return new Map(
    pins.map((pin) => {
      const at = centre.get(pin.id) as Point;
      const half = pin.size / 2;
      const boxes = [{ x: at.x - half, y: at.y - half, w: pin.size, h: pin.size }];
      if (Math.hypot(at.x - pin.x, at.y - pin.y) > half) {
        boxes.push({ x: pin.x - 3, y: pin.y - 3, w: 6, h: 6 });
      }
      return [pin.id, boxes];
    }),
  );
}

function cheapest(
  id: string,
  chosen: ReadonlyMap<string, Candidate>,
  { options, solid, room }: Board,
): Candidate {
  const mine = options.get(id) as Candidate[];
  let best = mine[0] as Candidate;
  let least = Number.POSITIVE_INFINITY;
  for (const option of mine) {
    if (option.cost >= least) continue;
    let cost = option.cost;
    for (const [other, boxes] of solid) {
      if (other === id) continue;
      for (const pin of boxes) cost += penalty(overlapArea(option.box, pin, SPACE), 6);
    }
    for (const [other, { box }] of chosen) {
      if (other !== id) cost += penalty(overlapArea(option.box, box, SPACE), 3);
    }
    if (room) cost += penalty(option.box.w * option.box.h - overlapArea(option.box, room), 2);
    if (cost < least) [best, least] = [option, cost];
  }
  return best;
}

function penalty(area: number, factor: number): number {
  return area > 0.01 ? 60 + area * factor : 0;
}

function placed(
  pin: Pin,
  spot: Candidate | null,
  chosen: ReadonlyMap<string, Candidate>,
  kept: ReadonlyMap<string, Candidate>,
  board: Board,
): Placed {
  const at = board.centre.get(pin.id) as Point;
  const { box, side } = spot ?? (chosen.get(pin.id) as Candidate);
  const near = {
    x: Math.min(Math.max(at.x, box.x), box.x + box.w) - at.x,
    y: Math.min(Math.max(at.y, box.y), box.y + box.h) - at.y,
  };
  return {
    id: pin.id,
    pin: { x: at.x - pin.x, y: at.y - pin.y },
    label: { x: box.x - at.x, y: box.y - at.y },
    side,
    named: spot !== null,
    link: spot && Math.hypot(near.x, near.y) > pin.size / 2 + LOOSE ? near : null,
    overlap: spot ? covered(pin.id, kept, board) : 0,
  };
}

function byId(a: Pin, b: Pin): number {
  return a.id < b.id ? -1 : 1;
}
