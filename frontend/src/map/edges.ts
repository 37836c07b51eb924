// Invariant: a site outside the picture stands at the edge in its true direction from the centre,
// and the marks along one edge never cover one another.
import type { Point } from './mercator';
import { type Box, overlapArea } from './placement';

export interface Outside {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface EdgeMark {
  id: string;
  /** Centre of the mark. */
  x: number;
  y: number;
  edge: 'top' | 'right' | 'bottom' | 'left';
  /** Direction of the site, degrees clockwise from north. */
  bearing: number;
}

export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const SPACE = 4;

/** `taken`: what already stands in the picture and must stay readable. */
export function edgeMarks(
  sites: readonly Outside[],
  frame: Frame,
  taken: readonly Box[] = [],
): EdgeMark[] {
  const marks = sites.map((site) => mark(site, frame));
  const sizes = new Map(sites.map((site) => [site.id, site]));
  for (const edge of ['top', 'right', 'bottom', 'left'] as const) {
    const along = edge === 'top' || edge === 'bottom' ? 'x' : 'y';
    const size = along === 'x' ? 'w' : 'h';
    const row = marks.filter((m) => m.edge === edge);
    row.sort((a, b) => a[along] - b[along] || (a.id < b.id ? -1 : 1));
    const lengths = row.map((m) => sizes.get(m.id)?.[size] ?? 0);
    const [from, to] = along === 'x' ? [frame.left, frame.right] : [frame.top, frame.bottom];
    const wished = row.map((m) => m[along]);
    const across = Math.max(
      0,
      ...row.map((m) => sizes.get(m.id)?.[along === 'x' ? 'h' : 'w'] ?? 0),
    );
    const centres = lineUp(
      wished,
      lengths,
      from,
      to,
      blocked(taken, band(frame, edge, across), along),
    );
    row.forEach((m, i) => {
      m[along] = centres[i] as number;
    });
  }
  return marks;
}

export function isOutside(point: Point, frame: Frame): boolean {
  return (
    point.x < frame.left || point.x > frame.right || point.y < frame.top || point.y > frame.bottom
  );
}

function mark(site: Outside, frame: Frame): EdgeMark {
  const cx = (frame.left + frame.right) / 2;
  const cy = (frame.top + frame.bottom) / 2;
  const [dx, dy] = [site.x - cx, site.y - cy];
  const rx = (frame.right - frame.left) / 2 / Math.max(Math.abs(dx), 1e-6);
  const ry = (frame.bottom - frame.top) / 2 / Math.max(Math.abs(dy), 1e-6);
  const bearing = (Math.atan2(dx, -dy) * 180) / Math.PI;
  const inset = { x: site.w / 2, y: site.h / 2 };
  const at = { x: cx + dx * Math.min(rx, ry), y: cy + dy * Math.min(rx, ry) };
  const edge = rx < ry ? (dx > 0 ? 'right' : 'left') : dy > 0 ? 'bottom' : 'top';
  if (edge === 'left') at.x = frame.left + inset.x;
  if (edge === 'right') at.x = frame.right - inset.x;
  if (edge === 'top') at.y = frame.top + inset.y;
  if (edge === 'bottom') at.y = frame.bottom - inset.y;
  return { id: site.id, ...at, edge, bearing };
}

type Span = readonly [from: number, to: number];

function band(frame: Frame, edge: EdgeMark['edge'], across: number): Box {
  const [w, h] = [frame.right - frame.left, frame.bottom - frame.top];
  if (edge === 'top') return { x: frame.left, y: frame.top, w, h: across };
  if (edge === 'bottom') return { x: frame.left, y: frame.bottom - across, w, h: across };
  if (edge === 'left') return { x: frame.left, y: frame.top, w: across, h };
  return { x: frame.right - across, y: frame.top, w: across, h };
}

function blocked(taken: readonly Box[], strip: Box, along: 'x' | 'y'): Span[] {
  return taken
    .filter((box) => overlapArea(box, strip) > 0)
    .map((box) => [box[along], box[along] + (along === 'x' ? box.w : box.h)] as const);
}

/** Centres near those wished, none overlapping another or a blocked span; where the edge is too
 *  crowded for that, in order without overlap and over what is blocked. */
export function lineUp(
  wished: readonly number[],
  lengths: readonly number[],
  from: number,
  to: number,
  avoid: readonly Span[] = [],
): number[] {
  const used: Span[] = [...avoid];
  const centres: number[] = [];
  for (const [i, wish] of wished.entries()) {
    const half = (lengths[i] ?? 0) / 2 + SPACE / 2;
    const tries = [wish, ...used.flatMap(([a, b]) => [a - half, b + half])].map((centre) =>
      Math.min(Math.max(centre, from + half), to - half),
    );
    const open = tries.filter((centre) =>
      used.every(([a, b]) => centre + half <= a + 0.01 || centre - half >= b - 0.01),
    );
    open.sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish));
    const best = open[0];
    if (best === undefined) return packed(wished, lengths, from, to);
    centres.push(best);
    used.push([best - half, best + half]);
  }
  return centres;
}

function packed(
  wished: readonly number[],
  lengths: readonly number[],
  from: number,
  to: number,
): number[] {
  const centres = [...wished];
  const half = (i: number) => (lengths[i] ?? 0) / 2;
  let edge = from;
  centres.forEach((centre, i) => {
    centres[i] = Math.max(centre, edge + half(i));
    edge = (centres[i] as number) + half(i) + SPACE;
  });
  edge = to;
  for (let i = centres.length - 1; i >= 0; i--) {
    centres[i] = Math.min(centres[i] as number, edge - half(i));
    edge = (centres[i] as number) - half(i) - SPACE;
  }
  return centres;
}
