// Invariant: a commune's name stands inside its commune, wherever there is room for it there.
import type { Ring } from './borders';
import type { LonLat } from './mercator';

const STEP_M = 280;
const REACH_M = 2_000;
const MOST = 90;
const METRES_PER_DEGREE = 111_320;

/** Places inside the rings near the wished one, the nearest first; the wished one leads. */
export function placesInside(rings: readonly Ring[], wished: LonLat): LonLat[] {
  const ky = METRES_PER_DEGREE;
  const kx = METRES_PER_DEGREE * Math.cos((wished[1] * Math.PI) / 180);
  const found: { at: LonLat; far: number }[] = [];
  for (let x = -REACH_M; x <= REACH_M; x += STEP_M) {
    for (let y = -REACH_M; y <= REACH_M; y += STEP_M) {
      const far = Math.hypot(x, y);
      if (far < 1 || far > REACH_M) continue;
      const at: LonLat = [wished[0] + x / kx, wished[1] + y / ky];
      if (contains(rings, at)) found.push({ at, far });
    }
  }
  found.sort((a, b) => a.far - b.far);
  return [wished, ...found.slice(0, MOST).map(({ at }) => at)];
}

/** Even-odd rule over all rings, so that a hole is outside. */
export function contains(rings: readonly Ring[], [x, y]: LonLat): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as LonLat;
      const [bx, by] = ring[i] as LonLat;
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}
