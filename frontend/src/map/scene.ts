// Invariant: the two canvases are redrawn when the view or a fact changes and while something glides,
// and stand still otherwise; they read the world, they never keep a copy that could outlive it.
import { inView } from './camera';
import { around, type CaptionWish, captionBox, placeCaptions, type Side } from './captions';
import { type Figure, type FleetRow, placeFigures, rank, type SceneSite, shifted } from './figures';
import { ALERTING, frameInterval, moving, pointAt } from './fleet';
import { type Point, projector, type View } from './mercator';
import {
  CAPTION_FONT_PX,
  drawCaption,
  drawLeader,
  drawLink,
  drawPath,
  drawVehicle,
  radiusOf,
} from './paint';
import type { Palette } from './palette';
import type { Box } from './placement';
import { PIN } from './sizes';

export interface Route {
  vehicle: string;
  destination: string;
  /** Where it was heading before an order that the crew has not confirmed. */
  former: string | null;
  options: readonly string[];
}

export interface Facts {
  fleet: readonly FleetRow[];
  sites: ReadonlyMap<string, SceneSite>;
  /** Boxes of pins and hospital names on screen, for this view. */
  siteBoxes: (view: View) => Box[];
  route: Route | null;
  selected: string | null;
  hovered: string | null;
  colors: Palette;
  font: string;
}

const HIT = 14;
const CAPTIONS_FROM_ZOOM = 13;

export class Scene {
  readonly #under: CanvasRenderingContext2D;
  readonly #over: CanvasRenderingContext2D;
  #facts: Facts;
  #view: View;
  #frame = 0;
  #figures: Figure[] = [];
  #sides: ReadonlyMap<string, Side> = new Map();

  constructor(under: HTMLCanvasElement, over: HTMLCanvasElement, facts: Facts, view: View) {
    this.#under = contextOf(under);
    this.#over = contextOf(over);
    this.#facts = facts;
    this.#view = view;
  }

  know(facts: Facts): void {
    this.#facts = facts;
    this.#arrange();
    this.#schedule(0);
  }

  look(view: View): void {
    this.#view = view;
    this.#arrange();
    // In step with the ground: a frame's delay would make vehicles swim over the streets.
    this.#draw(performance.now());
  }

  /** What stands under a pixel, the most urgent first. */
  hit(pixel: Point): string | null {
    const near = this.#figures
      .map((figure) => ({
        figure,
        gap: Math.hypot(figure.x - pixel.x, figure.y - pixel.y) - radiusOf(figure.row.tone),
      }))
      .filter(({ gap }) => gap < HIT - 6)
      .sort((a, b) => rank(b.figure.row.tone) - rank(a.figure.row.tone) || a.gap - b.gap);
    return near[0]?.figure.row.id ?? null;
  }

  /** Whether a vehicle that waits for a decision, or the chosen one, covers what lies here. */
  hitAbove(pixel: Point): boolean {
    const id = this.hit(pixel);
    const figure = this.#figures.find(({ row }) => row.id === id);
    if (!figure) return false;
    return ALERTING.has(figure.row.tone) || id === this.#facts.selected;
  }

  /** Boxes around every vehicle now, so that place names can give way. */
  boxes(): Box[] {
    const margin = 3;
    const figures = this.#figures.map(({ row, x, y }) =>
      around({ x, y, r: radiusOf(row.tone) + margin }),
    );
    return [...figures, ...this.#captionBoxes()];
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }

  #timer: ReturnType<typeof setTimeout> | undefined;

  #schedule(after: number): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    const ask = () => {
      this.#frame = requestAnimationFrame((clock) => this.#draw(clock));
    };
    if (after <= 0) ask();
    else this.#timer = setTimeout(ask, after);
  }

  #draw(clock: number): void {
    const { colors, route, sites } = this.#facts;
    const project = projector(this.#view);
    this.#figures = placeFigures(this.#facts, this.#view, clock);
    for (const context of [this.#under, this.#over]) clear(context, this.#view);
    for (const site of sites.values()) {
      const place = project(site.lon, site.lat);
      const pin = shifted(place, site.shift);
      if (!inView(pin, this.#view, 0)) continue;
      if (Math.hypot(site.shift.x, site.shift.y) > PIN / 2)
        drawLeader(this.#under, place, pin, colors);
      if (site.link) drawLink(this.#under, pin, shifted(pin, site.link), colors);
    }
    if (route) this.#drawRoute(route, project);
    for (const figure of this.#figures) this.#drawFigure(figure);
    this.#drawCaptions();
    if (this.#facts.fleet.some(({ track }) => moving(track, clock))) {
      this.#schedule(frameInterval(this.#view.lat, this.#view.zoom));
    }
  }

  #drawFigure({ row, count, x, y }: Figure): void {
    const { colors, selected, font } = this.#facts;
    const chosen = row.id === selected;
    const context = chosen || ALERTING.has(row.tone) ? this.#over : this.#under;
    const speed = row.track.speed;
    const heading = speed !== null && speed < 0.5 && row.kind !== 'smur' ? null : row.track.heading;
    drawVehicle(
      context,
      { x, y },
      { kind: row.kind, tone: row.tone, age: row.age, heading, selected: chosen },
      colors,
    );
    if (count > 1) {
      const text = String(count);
      const box = { left: x + 2, top: y - 7, width: 12, height: 14, boxed: false, text };
      drawCaption(context, box, { ...colors, text: colors.labelFaint }, smaller(font));
    }
  }

  #drawRoute(route: Route, project: (lon: number, lat: number) => Point): void {
    const { sites, fleet, colors } = this.#facts;
    const row = fleet.find(({ id }) => id === route.vehicle);
    if (!row) return;
    const [lon, lat] = pointAt(row.track, performance.now());
    const from = project(lon, lat);
    const pin = (id: string): Point | null => {
      const site = sites.get(id);
      return site ? shifted(project(site.lon, site.lat), site.shift) : null;
    };
    const draw = (id: string, width: number, dash: number[], color = colors.line) => {
      const to = pin(id);
      if (to) drawPath(this.#under, from, to, { color, halo: colors.halo, width, dash });
    };
    for (const id of route.options) {
      if (id !== route.destination && id !== route.former) draw(id, 1.3, [2, 5], colors.label);
    }
    if (route.former) draw(route.former, 1.3, [1, 5], colors.label);
    draw(
      route.destination,
      2,
      route.former ? [6, 4] : [],
      route.former ? colors.blue : colors.line,
    );
  }

  #captionWishes(): CaptionWish[] {
    const { selected, hovered, font } = this.#facts;
    this.#over.font = font;
    return this.#figures.flatMap(({ row, x, y }) => {
      const lost = row.age === 'lost' && row.tone !== 'idle';
      const must = lost || row.id === selected || row.id === hovered || ALERTING.has(row.tone);
      const aged = row.age !== 'fresh' && row.tone !== 'idle';
      if (!must && !aged && (this.#view.zoom < CAPTIONS_FROM_ZOOM || row.tone === 'idle'))
        return [];
      const w = this.#over.measureText(captionText(row)).width + 6;
      const weight = rank(row.tone) + (row.id === selected ? 10 : 0) + (aged ? 0.5 : 0);
      return [
        { id: row.id, x, y, r: radiusOf(row.tone) + 2, w, h: CAPTION_FONT_PX + 5, must, weight },
      ];
    });
  }

  #arrange(): void {
    this.#figures = placeFigures(this.#facts, this.#view, performance.now());
    const obstacles = this.#facts.siteBoxes(this.#view);
    const room = { x: 0, y: 0, w: this.#view.width, h: this.#view.height };
    this.#sides = placeCaptions(this.#captionWishes(), obstacles, this.#sides, room);
  }

  #drawCaptions(): void {
    const { colors, font, selected } = this.#facts;
    const rows = new Map(this.#figures.map(({ row }) => [row.id, row]));
    for (const wish of this.#captionWishes()) {
      const side = this.#sides.get(wish.id);
      const row = rows.get(wish.id);
      if (!side || !row) continue;
      const { x, y, w, h } = captionBox(wish, side);
      const boxed = ALERTING.has(row.tone) || row.id === selected;
      const context = boxed ? this.#over : this.#under;
      const caption = { text: captionText(row), left: x, top: y, width: w, height: h, boxed };
      drawCaption(context, caption, colors, font);
    }
  }

  #captionBoxes(): Box[] {
    return this.#captionWishes().flatMap((wish) => {
      const side = this.#sides.get(wish.id);
      return side ? [captionBox(wish, side)] : [];
    });
  }
}

function captionText(row: FleetRow): string {
  return row.ageText ? `${row.callSign} · ${row.ageText}` : row.callSign;
}

function smaller(font: string): string {
  return font.replace(/\d+px/, '10px');
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  return context;
}

function clear(context: CanvasRenderingContext2D, view: View): void {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (context.canvas.width !== width || context.canvas.height !== height) {
    context.canvas.width = width;
    context.canvas.height = height;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
}
