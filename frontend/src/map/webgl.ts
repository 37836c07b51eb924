// Invariant: MapLibre draws the ground and reads the pointer, nothing else; it is told its worker's
// address before any map exists (6.x otherwise asks for a file that no build contains).
import { addProtocol, Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { Protocol } from 'pmtiles';
import { type Basemap, type BasemapOptions, type StreetsShown, ZOOM_RANGE } from './basemap';
import type { Layer } from './layers';
import type { View } from './mercator';
import { STREETS_FROM, type StreetLayer } from './streets';

setWorkerUrl(workerUrl);
addProtocol('pmtiles', new Protocol().tile);

type Style = Parameters<MapLibreMap['setStyle']>[0];

/** A style without `glyphs` and `sprite`: nothing is fetched, from here or from anywhere. */
export function styleOf(layers: readonly Layer[], outside: string): Exclude<Style, string | null> {
  return {
    version: 8,
    transition: { duration: 0, delay: 0 },
    sources: Object.fromEntries(layers.map((layer) => [layer.id, source(layer)])),
    layers: [
      { id: 'outside', type: 'background', paint: { 'background-color': outside } },
      ...layers.map(styleLayer),
    ],
  } as Exclude<Style, string | null>;
}

function source(layer: Layer) {
  const geometry =
    layer.type === 'fill'
      ? { type: 'MultiPolygon', coordinates: layer.shapes.map((ring) => [ring]) }
      : { type: 'MultiLineString', coordinates: layer.shapes };
  return {
    type: 'geojson',
    data: { type: 'Feature', properties: {}, geometry },
    tolerance: 0.2,
    maxzoom: 14,
  };
}

function styleLayer(layer: Layer) {
  if (layer.type === 'fill') {
    return {
      id: layer.id,
      type: 'fill',
      source: layer.id,
      paint: { 'fill-color': layer.color, 'fill-antialias': true },
    };
  }
  const stops = (layer.width ?? []).flat();
  return {
    id: layer.id,
    type: 'line',
    source: layer.id,
    ...(layer.from === undefined ? {} : { minzoom: layer.from }),
    ...(layer.below === undefined ? {} : { maxzoom: layer.below }),
    layout: { 'line-cap': layer.cap ?? 'round', 'line-join': 'round' },
    paint: {
      'line-color': layer.color,
      'line-width': ['interpolate', ['linear'], ['zoom'], ...stops],
      ...(layer.dash ? { 'line-dasharray': [...layer.dash] } : {}),
    },
  };
}

/** Rejects when the browser cannot give a WebGL picture. */
export async function webglBasemap(options: BasemapOptions): Promise<Basemap> {
  const { host, view } = options;
  const map = new MapLibreMap({
    container: host,
    locale: { 'Map.Title': options.title },
    style: styleOf(options.layers, options.outside),
    center: [view.lon, view.lat],
    zoom: view.zoom,
    minZoom: ZOOM_RANGE[0],
    maxZoom: ZOOM_RANGE[1],
    renderWorldCopies: false,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    fadeDuration: 0,
    trackResize: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  await loaded(map);
  listen(map, options);
  return handle(map, options);
}

function loaded(map: MapLibreMap): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (event: { error: unknown }) => {
      map.remove();
      reject(event.error);
    };
    map.once('error', failed);
    map.once('load', () => {
      // From here on an error is a tile's, and no reason to take the map away.
      map.off('error', failed);
      resolve();
    });
  });
}

function listen(map: MapLibreMap, options: BasemapOptions): void {
  map.on('move', () => options.onview(viewOf(map)));
  map.on('click', (event) => options.onpress({ x: event.point.x, y: event.point.y }));
  map.on('mousemove', (event) => options.onhover({ x: event.point.x, y: event.point.y }));
  map.on('mouseout', () => options.onhover(null));
  map.on('webglcontextlost', () => options.onlost());
  map.on('error', (event) => options.onnostreets(event.error));
}

function viewOf(map: MapLibreMap): View {
  const { lng, lat } = map.getCenter();
  const { clientWidth, clientHeight } = map.getContainer();
  return { lon: lng, lat, zoom: map.getZoom(), width: clientWidth, height: clientHeight };
}

/** Shows streets over the schematic, in place of those shown before. */
function streetsOn(map: MapLibreMap): (shown: StreetsShown | null) => void {
  // What was added is remembered here: a style that is being changed does not list its layers.
  let added: { source: string; layers: string[] } | null = null;
  return (shown) => {
    for (const id of added?.layers ?? []) if (map.getLayer(id)) map.removeLayer(id);
    if (added && map.getSource(added.source)) map.removeSource(added.source);
    added = null;
    if (!shown) return;
    const source = `streets/${shown.streets.id}`;
    const url = `pmtiles://${new URL(shown.streets.tiles, location.href).href}`;
    const layers = shown.layers.map((layer) => tileLayer(layer, source));
    added = { source, layers: layers.map(({ id }) => id) };
    map.addSource(source, { type: 'vector', url });
    for (const layer of layers) map.addLayer(layer);
  };
}

type LayerToAdd = Parameters<MapLibreMap['addLayer']>[0];

function tileLayer({ id, type, part, kinds, from, paint, layout }: StreetLayer, source: string) {
  return {
    id: `streets/${id}`,
    type,
    source,
    'source-layer': part,
    minzoom: from ?? STREETS_FROM,
    ...(kinds ? { filter: ['in', ['get', 'kind'], ['literal', kinds]] } : {}),
    paint,
    layout: layout ?? {},
  } as LayerToAdd;
}

function handle(map: MapLibreMap, options: BasemapOptions): Basemap {
  return {
    engine: 'webgl',
    go({ lon, lat, zoom }, smooth) {
      const camera = { center: [lon, lat] as [number, number], zoom };
      if (smooth && !options.still) map.easeTo({ ...camera, duration: 350, essential: true });
      else map.jumpTo(camera);
    },
    paint(layers, outside) {
      map.setPaintProperty('outside', 'background-color', outside);
      for (const { id, type, color } of layers) map.setPaintProperty(id, `${type}-color`, color);
    },
    streets: streetsOn(map),
    resize() {
      map.resize();
      options.onview(viewOf(map));
    },
    title: (text) => map.getCanvas().setAttribute('aria-label', text),
    cursor(kind) {
      map.getCanvas().style.cursor = kind;
    },
    destroy: () => map.remove(),
  };
}
