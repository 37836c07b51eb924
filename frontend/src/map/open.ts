// Invariant: there is always a ground to look at: WebGL where the browser gives it, the plain canvas
// from the start or from the moment WebGL is lost, and the reader is told which.
import type { Basemap, BasemapOptions } from './basemap';
import { drawnBasemap } from './drawn';

export type Trouble = 'webgl_missing' | 'webgl_lost' | 'unavailable';
type Setup = Omit<BasemapOptions, 'onlost'>;

export async function openBasemap(
  setup: Setup,
  ontrouble: (trouble: Trouble) => void,
): Promise<Basemap> {
  let current: Basemap;
  let latest = setup;
  const watched = {
    ...setup,
    onview(view: BasemapOptions['view']) {
      latest = { ...latest, view };
      setup.onview(view);
    },
  };
  const onlost = () => {
    current.destroy();
    current = drawnBasemap({ ...watched, ...latest, onview: watched.onview, onlost() {} });
    ontrouble('webgl_lost');
  };
  try {
    current = await painted({ ...watched, onlost });
  } catch (error) {
    console.info('the map is drawn without WebGL:', error);
    current = drawnBasemap({ ...watched, onlost() {} });
    ontrouble('webgl_missing');
  }
  return {
    get engine() {
      return current.engine;
    },
    go: (target, smooth) => current.go(target, smooth),
    paint(layers, outside) {
      latest = { ...latest, layers, outside };
      current.paint(layers, outside);
    },
    streets: (shown) => current.streets(shown),
    resize: () => current.resize(),
    title(text) {
      latest = { ...latest, title: text };
      current.title(text);
    },
    cursor: (kind) => current.cursor(kind),
    destroy: () => current.destroy(),
  };
}

/** Asked before the library is fetched: two megabytes that a desk without WebGL cannot use. */
async function painted(options: BasemapOptions): Promise<Basemap> {
  if (!hasWebgl()) throw new Error('this browser gives none');
  const { webglBasemap } = await import('./webgl');
  return webglBasemap(options);
}

function hasWebgl(): boolean {
  const asked = document.createElement('canvas').getContext('webgl2');
  // A browser keeps few contexts at a time, and this one has served.
  asked?.getExtension('WEBGL_lose_context')?.loseContext();
  return asked !== null;
}
