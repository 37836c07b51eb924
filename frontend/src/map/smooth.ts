// Invariant: a rounded line starts and ends exactly where the line did and never leaves the triangle
// of each corner it rounds, so it cannot overshoot, cross itself or drift from the surveyed points
// by more than the given radius.
import type { LonLat } from './mercator';

const METRES_PER_DEGREE = 111_320;
const STEP_DEGREES = 11;

interface Plane {
  x: number;
  y: number;
}

/** Line with its corners rounded; `radius` in metres is how far from a corner the curve may begin. */
export function rounded(line: readonly LonLat[], radius: number): LonLat[] {
  if (line.length < 3) return [...line];
  const [flat, back] = plane(line);
  const last = flat.length - 1;
  const curve = flat.flatMap((corner, i) => {
    const before = flat[i - 1];
    const after = flat[i + 1];
    return i > 0 && i < last && before && after ? bend(before, corner, after, radius) : [corner];
  });
  const result = curve.map(back);
  result[0] = line[0] as LonLat;
  result[result.length - 1] = line[line.length - 1] as LonLat;
  return result;
}

/** The same for a ring whose first and last point coincide: every corner is rounded. */
export function roundedRing(ring: readonly LonLat[], radius: number): LonLat[] {
  const open = ring.slice(0, -1);
  if (open.length < 3) return [...ring];
  const [flat, back] = plane(open);
  const curve = flat.flatMap((corner, i) => {
    const before = flat[(i + flat.length - 1) % flat.length] as Plane;
    const after = flat[(i + 1) % flat.length] as Plane;
    return bend(before, corner, after, radius);
  });
  const result = curve.map(back);
  return [...result, result[0] as LonLat];
}

export function isRing(line: readonly LonLat[]): boolean {
  const [first, last] = [line[0], line[line.length - 1]];
  return line.length > 3 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
}

/** Lines that continue one another, joined, so that no corner is left unrounded at a seam. */
export function chained(lines: readonly (readonly LonLat[])[]): LonLat[][] {
  const chains: LonLat[][] = [];
  for (const line of lines) {
    const tail = chains.find((chain) => same(chain[chain.length - 1], line[0]));
    const head = chains.find((chain) => same(chain[0], line[line.length - 1]));
    if (tail) tail.push(...line.slice(1));
    else if (head) head.unshift(...line.slice(0, -1));
    else chains.push([...line]);
  }
  return chains;
}

function same(a: LonLat | undefined, b: LonLat | undefined): boolean {
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
}

function plane(line: readonly LonLat[]): [Plane[], (point: Plane) => LonLat] {
  const lat0 = line[0]?.[1] ?? 0;
  const kx = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const flat = line.map(([lon, lat]) => ({ x: lon * kx, y: lat * METRES_PER_DEGREE }));
  return [flat, (point) => [point.x / kx, point.y / METRES_PER_DEGREE]];
}

function bend(before: Plane, corner: Plane, after: Plane, radius: number): Plane[] {
  const start = towards(corner, before, radius);
  const end = towards(corner, after, radius);
  const turn = Math.abs(
    Math.atan2(
      cross(corner, before, after),
      (before.x - corner.x) * (corner.x - after.x) + (before.y - corner.y) * (corner.y - after.y),
    ),
  );
  const steps = Math.max(1, Math.ceil((turn * 180) / Math.PI / STEP_DEGREES));
  return Array.from({ length: steps + 1 }, (_, i) => bezier(start, corner, end, i / steps));
}

function cross(origin: Plane, a: Plane, b: Plane): number {
  return (a.x - origin.x) * (origin.y - b.y) - (a.y - origin.y) * (origin.x - b.x);
}

function towards(from: Plane, to: Plane, radius: number): Plane {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(radius, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function bezier(a: Plane, b: Plane, c: Plane, t: number): Plane {
  const u = 1 - t;
  return {
    x: u * u * a.x + 2 * u * t * b.x + t * t * c.x,
    y: u * u * a.y + 2 * u * t * b.y + t * t * c.y,
  };
}
