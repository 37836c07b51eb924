// Invariant: where WebGL is missing the same layers are drawn on a plain canvas, and every control
// keeps working: buttons, wheel, keys and drag.
import { type Basemap, type BasemapOptions, clampZoom } from './basemap';
import { at, type Layer } from './layers';
import { type LonLat, lonLatAt, type Point, projector, type View, worldPoint } from './mercator';

type Project = (lon: number, lat: number) => Point;

export function drawLayers(
  context: CanvasRenderingContext2D,
  layers: readonly Layer[],
  outside: string,
  view: View,
): void {
  context.fillStyle = outside;
  context.fillRect(0, 0, view.width, view.height);
  const project = projector(view);
  for (const layer of layers) {
    if (view.zoom < (layer.from ?? 0) || view.zoom >= (layer.below ?? 99)) continue;
    context.beginPath();
    for (const shape of layer.shapes) trace(context, shape, project);
    if (layer.type === 'fill') {
      context.fillStyle = layer.color;
      context.fill();
    } else strokeLayer(context, layer, view.zoom);
  }
}

function strokeLayer(context: CanvasRenderingContext2D, layer: Layer, zoom: number): void {
  const width = at(layer.width ?? [], zoom);
  context.strokeStyle = layer.color;
  context.lineWidth = width;
  context.lineCap = layer.cap ?? 'round';
  context.lineJoin = 'round';
  context.setLineDash((layer.dash ?? []).map((part) => part * width));
  context.stroke();
  context.setLineDash([]);
}

function trace(
  context: CanvasRenderingContext2D,
  shape: readonly LonLat[],
  project: Project,
): void {
  shape.forEach(([lon, lat], i) => {
    const { x, y } = project(lon, lat);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}

export function drawnBasemap(options: BasemapOptions): Basemap {
  const canvas = document.createElement('canvas');
  canvas.className = 'drawn';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'region');
  canvas.setAttribute('aria-label', options.title);
  options.host.append(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  let { layers, outside, view } = options;
  const redraw = () => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(view.width * ratio);
    canvas.height = Math.round(view.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLayers(context, layers, outside, view);
  };
  const show = (next: View) => {
    view = next;
    redraw();
    options.onview(view);
  };
  const stop = listen(canvas, options, () => view, show);
  redraw();
  return {
    engine: 'canvas',
    go: ({ lon, lat, zoom }) => show({ ...view, lon, lat, zoom: clampZoom(zoom) }),
    // Tiles are WebGL's: a desk without it keeps the schematic, and is told so.
    streets() {},
    paint(next, nextOutside) {
      layers = next;
      outside = nextOutside;
      redraw();
    },
    resize: () =>
      show({ ...view, width: options.host.clientWidth, height: options.host.clientHeight }),
    title: (text) => canvas.setAttribute('aria-label', text),
    cursor(kind) {
      canvas.style.cursor = kind;
    },
    destroy() {
      stop();
      canvas.remove();
    },
  };
}

const PAN_STEP = 100;
const PRESS_SLACK = 4;
const PANS: Record<string, readonly [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

function listen(
  canvas: HTMLCanvasElement,
  options: BasemapOptions,
  view: () => View,
  show: (view: View) => void,
): () => void {
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    act: (event: HTMLElementEventMap[K]) => void,
  ) => canvas.addEventListener(type, act, { signal: stop.signal, passive: false });
  let held: Point | null = null;
  let dragged = 0;
  on('pointerdown', (event) => {
    held = { x: event.clientX, y: event.clientY };
    dragged = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    if (!held) return options.onhover({ x: event.offsetX, y: event.offsetY });
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    dragged += Math.hypot(dx, dy);
    held = { x: event.clientX, y: event.clientY };
    show(shifted(view(), -dx, -dy));
  });
  on('pointerup', (event) => {
    held = null;
    if (dragged <= PRESS_SLACK) options.onpress({ x: event.offsetX, y: event.offsetY });
  });
  on('pointerleave', () => options.onhover(null));
  on('wheel', (event) => {
    event.preventDefault();
    show(zoomedAbout(view(), -event.deltaY / 300, { x: event.offsetX, y: event.offsetY }));
  });
  on('keydown', (event) => {
    const pan = PANS[event.key];
    if (pan) show(shifted(view(), pan[0] * PAN_STEP, pan[1] * PAN_STEP));
    else if (event.key === '+' || event.key === '=') show(zoomedAbout(view(), 1, null));
    else if (event.key === '-') show(zoomedAbout(view(), -1, null));
    else return;
    event.preventDefault();
  });
  return () => stop.abort();
}

export function shifted(view: View, dx: number, dy: number): View {
  const centre = worldPoint(view.lon, view.lat, view.zoom);
  const [lon, lat] = lonLatAt({ x: centre.x + dx, y: centre.y + dy }, view.zoom);
  return { ...view, lon, lat };
}

/** Zoomed so that what lies under the pixel stays under it. */
export function zoomedAbout(view: View, by: number, pixel: Point | null): View {
  const zoom = clampZoom(view.zoom + by);
  if (!pixel) return { ...view, zoom };
  const off = { x: pixel.x - view.width / 2, y: pixel.y - view.height / 2 };
  const scale = 2 ** (zoom - view.zoom);
  const centre = worldPoint(view.lon, view.lat, zoom);
  const [lon, lat] = lonLatAt(
    { x: centre.x + off.x * (scale - 1), y: centre.y + off.y * (scale - 1) },
    zoom,
  );
  return { ...view, lon, lat, zoom };
}
