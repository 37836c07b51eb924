// Invariant: whoever draws the ground (WebGL or a plain canvas) answers with the same View, so every
// overlay is placed by the same arithmetic and no control is lost with the graphics card.
import type { Layer } from './layers';
import type { Bounds, LonLat, Point, View } from './mercator';
import type { StreetLayer, Streets } from './streets';

export interface StreetsShown {
  streets: Streets;
  layers: readonly StreetLayer[];
}

export interface BasemapOptions {
  host: HTMLElement;
  view: View;
  layers: readonly Layer[];
  outside: string;
  /** What a screen reader calls the picture: there from the first moment, in the reader's language. */
  title: string;
  still: boolean;
  onview(view: View): void;
  onpress(pixel: Point): void;
  onhover(pixel: Point | null): void;
  /** The streets cannot be had (any more): the schematic stands alone. */
  onnostreets(reason: unknown): void;
  /** The picture was lost (driver reset, memory): somebody else must draw from now on. */
  onlost(): void;
}

export interface Basemap {
  readonly engine: 'webgl' | 'canvas';
  /** Where the camera goes, smoothly unless stillness was asked for. */
  go(target: { lon: number; lat: number; zoom: number }, smooth: boolean): void;
  /** Streets over the schematic, or none; a picture without WebGL has none. */
  streets(shown: StreetsShown | null): void;
  /** The same layers in other colours. */
  paint(layers: readonly Layer[], outside: string): void;
  resize(): void;
  title(text: string): void;
  cursor(kind: '' | 'pointer'): void;
  destroy(): void;
}

export const ZOOM_RANGE = [7.2, 16] as const;

export function clampZoom(zoom: number): number {
  return Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], zoom));
}

/** How far one may wander: the content with a generous margin, so nobody is ever lost in the void. */
export function leash(bounds: Bounds): [LonLat, LonLat] {
  const [w, h] = [bounds[2] - bounds[0], bounds[3] - bounds[1]];
  return [
    [bounds[0] - w * 0.6, bounds[1] - h * 0.6],
    [bounds[2] + w * 0.6, bounds[3] + h * 0.6],
  ];
}
