// Invariant: a view has no rotation and no pitch, so the same few lines place every overlay exactly
// where MapLibre (512-pixel tiles) places its own drawing.

export type LonLat = readonly [lon: number, lat: number];
export type Bounds = readonly [west: number, south: number, east: number, north: number];

export interface Point {
  x: number;
  y: number;
}

export interface View {
  lon: number;
  lat: number;
  zoom: number;
  width: number;
  height: number;
}

const TILE = 512;
const EARTH_CIRCUMFERENCE_M = 40_075_016.686;
const RADIANS = Math.PI / 180;

export function worldPoint(lon: number, lat: number, zoom: number): Point {
  const size = TILE * 2 ** zoom;
  const sine = Math.sin(lat * RADIANS);
  return {
    x: ((lon + 180) / 360) * size,
    y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size,
  };
}

export function lonLatAt(point: Point, zoom: number): LonLat {
  const size = TILE * 2 ** zoom;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * point.y) / size))) / RADIANS;
  return [(point.x / size) * 360 - 180, lat];
}

/** A function from place to pixel in this view, with the centre worked out once. */
export function projector(view: View): (lon: number, lat: number) => Point {
  const centre = worldPoint(view.lon, view.lat, view.zoom);
  const left = centre.x - view.width / 2;
  const top = centre.y - view.height / 2;
  return (lon, lat) => {
    const point = worldPoint(lon, lat, view.zoom);
    return { x: point.x - left, y: point.y - top };
  };
}

export function placeAt(view: View, pixel: Point): LonLat {
  const centre = worldPoint(view.lon, view.lat, view.zoom);
  const point = {
    x: centre.x + pixel.x - view.width / 2,
    y: centre.y + pixel.y - view.height / 2,
  };
  return lonLatAt(point, view.zoom);
}

export function metresPerPixel(lat: number, zoom: number): number {
  return (EARTH_CIRCUMFERENCE_M * Math.cos(lat * RADIANS)) / (TILE * 2 ** zoom);
}

export function boundsOf(points: Iterable<LonLat>): Bounds | null {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of points) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return west <= east ? [west, south, east, north] : null;
}

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** The view that shows the bounds as large as the padding allows. */
export function fitted(bounds: Bounds, width: number, height: number, padding: Padding): View {
  const a = worldPoint(bounds[0], bounds[3], 0);
  const b = worldPoint(bounds[2], bounds[1], 0);
  const inner = {
    x: Math.max(1, width - padding.left - padding.right),
    y: Math.max(1, height - padding.top - padding.bottom),
  };
  const scale = Math.min(inner.x / Math.max(b.x - a.x, 1e-9), inner.y / Math.max(b.y - a.y, 1e-9));
  const zoom = Math.log2(scale);
  const centre = {
    x: ((a.x + b.x) / 2) * scale + (padding.right - padding.left) / 2,
    y: ((a.y + b.y) / 2) * scale + (padding.bottom - padding.top) / 2,
  };
  const [lon, lat] = lonLatAt(centre, zoom);
  return { lon, lat, zoom, width, height };
}
