// Invariant: a border shared by two areas is smoothed once, as one line between its two junctions,
// and both areas are rebuilt from that very line: neighbours meet without gap or overlap.
import type { LonLat } from './mercator';
import { rounded, roundedRing } from './smooth';

export type Ring = readonly LonLat[];

export interface Borders {
  /** Every border once, smoothed; `outer` where only one area touches it. */
  lines: { line: LonLat[]; outer: boolean }[];
  /** A ring of an area, or of the union of all, rebuilt from the smoothed borders. */
  rebuild(ring: Ring): LonLat[];
}

export function shareBorders(rings: readonly Ring[], radius: number): Borders {
  const use = new Map<string, number>();
  const neighbours = new Map<string, Set<string>>();
  for (const ring of rings) {
    for (const [a, b] of edges(ring)) {
      const edge = edgeKey(a, b);
      use.set(edge, (use.get(edge) ?? 0) + 1);
      link(neighbours, a, b);
      link(neighbours, b, a);
    }
  }
  const isJunction = (point: LonLat) => neighbours.get(key(point))?.size !== 2;
  const smooth = new Map<string, { line: LonLat[]; outer: boolean }>();
  const arcOf = (arc: Ring): LonLat[] => {
    const canonical = forwards(arc) ? arc : [...arc].reverse();
    const name = canonical.map(key).join(' ');
    let known = smooth.get(name);
    if (!known) {
      const outer = use.get(edgeKey(arc[0] as LonLat, arc[1] as LonLat)) === 1;
      const closed = key(arc[0] as LonLat) === key(arc[arc.length - 1] as LonLat);
      const free = closed && !isJunction(arc[0] as LonLat);
      known = { line: free ? roundedRing(canonical, radius) : rounded(canonical, radius), outer };
      smooth.set(name, known);
    }
    return canonical === arc ? known.line : [...known.line].reverse();
  };
  const rebuild = (ring: Ring) => joined(cut(ring, isJunction).map(arcOf));
  for (const ring of rings) rebuild(ring);
  return { lines: [...smooth.values()], rebuild };
}

/** The ring as arcs from junction to junction; a ring without junction is one canonical loop. */
function cut(ring: Ring, isJunction: (point: LonLat) => boolean): Ring[] {
  const open = ring.slice(0, -1);
  const first = open.findIndex(isJunction);
  const turned = rotate(open, first < 0 ? smallest(open) : first);
  const closed = [...turned, turned[0] as LonLat];
  const arcs: LonLat[][] = [];
  let arc: LonLat[] = [];
  closed.forEach((point, i) => {
    arc.push(point);
    if (i > 0 && (isJunction(point) || i === closed.length - 1)) {
      arcs.push(arc);
      arc = [point];
    }
  });
  return arcs;
}

function joined(arcs: readonly LonLat[][]): LonLat[] {
  return arcs.flatMap((arc, i) => (i === 0 ? arc : arc.slice(1)));
}

function rotate(points: Ring, by: number): LonLat[] {
  return [...points.slice(by), ...points.slice(0, by)];
}

function smallest(points: Ring): number {
  return points.reduce(
    (best, point, i) => (key(point) < key(points[best] as LonLat) ? i : best),
    0,
  );
}

/** One direction of the two in which an arc can be walked, the same for both of its areas. */
function forwards(arc: Ring): boolean {
  const [first, last] = [key(arc[0] as LonLat), key(arc[arc.length - 1] as LonLat)];
  if (first !== last) return first < last;
  return key(arc[1] as LonLat) <= key(arc[arc.length - 2] as LonLat);
}

function* edges(ring: Ring): Iterable<[LonLat, LonLat]> {
  for (let i = 1; i < ring.length; i++) yield [ring[i - 1] as LonLat, ring[i] as LonLat];
}

function link(neighbours: Map<string, Set<string>>, a: LonLat, b: LonLat): void {
  const known = neighbours.get(key(a));
  if (known) known.add(key(b));
  else neighbours.set(key(a), new Set([key(b)]));
}

function key(point: LonLat): string {
  return `${point[0]},${point[1]}`;
}

function edgeKey(a: LonLat, b: LonLat): string {
  const [p, q] = [key(a), key(b)];
  return p < q ? `${p} ${q}` : `${q} ${p}`;
}
