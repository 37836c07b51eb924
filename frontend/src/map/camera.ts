// Invariant: the first picture is the region; sites outside it stand at the edge until asked for.
import type { Site } from '../api/wire';
import {
  type Bounds,
  boundsOf,
  fitted,
  type LonLat,
  type Padding,
  type Point,
  projector,
  type View,
} from './mercator';

export type Extent = 'region' | 'belt';

/** Room for names at the sides and for the marks of sites beyond the edge. */
export function padding(width: number, height: number): Padding {
  const small = Math.min(width, height) < 480;
  return small
    ? { top: 14, right: 26, bottom: 22, left: 26 }
    : { top: 22, right: 48, bottom: 28, left: 40 };
}

/** The region as drawn; where nothing is drawn, its own sites; its boundary may be a mere service area. */
export function extents(
  drawn: readonly (readonly LonLat[])[],
  boundary: readonly LonLat[],
  sites: Iterable<Site>,
): Record<Extent, Bounds> {
  const all = [...sites];
  const own = all.filter((site) => site.zone !== 'belt').map(place);
  const region = boundsOf(drawn.flat()) ?? boundsOf(own) ?? boundsOf(boundary) ?? SOMEWHERE;
  const [west, south, east, north] = region;
  const belt = boundsOf([...all.map(place), [west, south], [east, north]]) ?? region;
  return { region, belt };
}

const SOMEWHERE: Bounds = [2.5, 49.5, 6.4, 51.5];

function place(site: Site): LonLat {
  return [site.lon, site.lat];
}

export function extentView(bounds: Bounds, width: number, height: number): View {
  return fitted(bounds, width, height, padding(width, height));
}

/** Which of the two full pictures this is, if either. */
export function extentAt(view: View, homes: Record<Extent, View>): Extent | null {
  for (const extent of ['region', 'belt'] as const) {
    const home = homes[extent];
    const off = projector(view)(home.lon, home.lat);
    const centred = Math.hypot(off.x - view.width / 2, off.y - view.height / 2) < 4;
    if (centred && Math.abs(home.zoom - view.zoom) < 0.02) return extent;
  }
  return null;
}

export function inView(point: Point, view: View, margin: number): boolean {
  return (
    point.x > margin &&
    point.y > margin &&
    point.x < view.width - margin &&
    point.y < view.height - margin
  );
}
