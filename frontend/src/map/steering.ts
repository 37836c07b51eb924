// Where the picture goes, by whomever's wish: from where it is now, and never while nobody draws it.
import { type Basemap, clampZoom } from './basemap';
import { type Extent, extentAt, inView } from './camera';
import { type LonLat, placeAt, projector } from './mercator';
import type { Stage } from './stage.svelte';

export class Steering {
  readonly #stage: Stage;
  readonly #base: () => Basemap | null;

  constructor(stage: Stage, base: () => Basemap | null) {
    this.#stage = stage;
    this.#base = base;
  }

  readonly go = (extent: Extent): void => {
    this.#base()?.go(this.#stage.homes[extent], true);
  };

  readonly zoomBy = (by: number): void => {
    const { view } = this.#stage;
    if (view) this.#base()?.go({ ...view, zoom: clampZoom(view.zoom + by) }, true);
  };

  /** By thirds of the picture. */
  readonly panBy = (dx: number, dy: number): void => {
    const { view } = this.#stage;
    if (!view) return;
    const pixel = { x: view.width * (0.5 + dx / 3), y: view.height * (0.5 + dy / 3) };
    const [lon, lat] = placeAt(view, pixel);
    this.#base()?.go({ lon, lat, zoom: view.zoom }, true);
  };

  /** A place that is in the picture already moves nothing. */
  reveal([lon, lat]: LonLat): void {
    const { view } = this.#stage;
    if (!view || inView(projector(view)(lon, lat), view, 20)) return;
    this.#base()?.go({ lon, lat, zoom: view.zoom }, true);
  }

  /** A full picture stays a full picture when the window changes. */
  resize(size: { width: number; height: number }): void {
    const { view, homes } = this.#stage;
    const full = view && extentAt(view, homes);
    this.#stage.size = size;
    this.#base()?.resize();
    if (full) this.#base()?.go(this.#stage.homes[full], false);
  }
}
