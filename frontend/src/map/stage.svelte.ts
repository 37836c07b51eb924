// Invariant: everything on the map is placed on one plane of pixels around the region's centre; panning
// only shifts that plane, and only a change of zoom, size, words or status places anything anew.
import type { Language } from '../api/wire';
import type { World } from '../state/world.svelte';
import { type Extent, extentAt, extents, extentView } from './camera';
import type { SceneSite } from './figures';
import {
  type Mark,
  markBoxes,
  marksOf,
  onPlane,
  pinsOf,
  planeShift,
  type Text,
  tagSize,
} from './markers';
import type { LonLat, Point, View } from './mercator';
import { type Box, placeSites } from './placement';
import type { Schematic } from './schematic';

/** While one zooms everything is placed anew at each such step, and exactly once at rest. */
const STEP = 0.2;
const REST_MS = 140;
/** Below this zoom the region is small on screen: a phone, or the whole belt in the picture. */
const CROWDED_BELOW = 10.1;
const NAMED_EDGES_FROM_PX = 480;
const CONTROLS_PX = 48;

export interface StageInputs {
  world: World;
  language: Language;
}

export class Stage {
  size = $state.raw({ width: 0, height: 0 });
  view = $state.raw<View | null>(null);
  ground = $state.raw<Schematic | null>(null);
  family = $state('sans-serif');
  #restedAt = $state<number | null>(null);
  #rest: ReturnType<typeof setTimeout> | undefined;
  readonly #inputs: () => StageInputs;
  readonly #pane = document.createElement('canvas').getContext('2d');

  constructor(inputs: () => StageInputs) {
    this.#inputs = inputs;
  }

  readonly stale = $derived.by(() => this.#inputs().world.stale);
  readonly #bounds = $derived.by(() => {
    const { world } = this.#inputs();
    return extents(this.ground?.region ?? [], world.region?.boundary ?? [], world.sites.values());
  });
  readonly homes: Record<Extent, View> = $derived({
    region: extentView(this.#bounds.region, this.size.width, this.size.height),
    belt: extentView(this.#bounds.belt, this.size.width, this.size.height),
  });
  readonly origin: LonLat = $derived([this.homes.region.lon, this.homes.region.lat]);
  readonly zoom = $derived(this.view?.zoom ?? this.homes.region.zoom);
  /** The zoom for which pins and names were placed. */
  readonly placedAt = $derived(this.#restedAt ?? this.homes.region.zoom);
  readonly shift: Point = $derived(this.view ? planeShift(this.view, this.origin) : { x: 0, y: 0 });
  readonly extent = $derived(this.view && extentAt(this.view, this.homes));
  readonly #roomy = $derived(Math.min(this.size.width, this.size.height) >= NAMED_EDGES_FROM_PX);
  /** The whole region is in the picture: names at the edge help more than they hide. */
  readonly wide = $derived(this.#roomy && this.zoom <= this.homes.region.zoom + 0.6);

  readonly text: Text = $derived({
    family: this.family,
    measure: (words: string, font: string) => {
      if (!this.#pane) return words.length * 7;
      this.#pane.font = font;
      return this.#pane.measureText(words).width;
    },
  });

  readonly marks: readonly Mark[] = $derived.by(() => {
    const { world, language } = this.#inputs();
    const { sites, diversions, presences, now } = world;
    return marksOf({ sites, diversions, presences, stale: this.stale, now, language });
  });
  /** Marks are told anew every second; only what they say or where they are may move anything. */
  readonly #said = $derived(
    this.marks.map((m) => [m.id, m.name, m.words, m.tone, m.lon, m.lat].join('\t')).join('\n'),
  );
  #saidMarks: { key: string; marks: readonly Mark[] } = { key: '', marks: [] };
  readonly #steadyMarks = $derived.by(() => {
    if (this.#saidMarks.key !== this.#said) {
      this.#saidMarks = { key: this.#said, marks: this.marks };
    }
    return this.#saidMarks.marks;
  });

  readonly #crowded = $derived(this.placedAt < CROWDED_BELOW);
  readonly #pins = $derived(
    pinsOf(this.#steadyMarks, this.placedAt, this.origin, this.text, this.#crowded),
  );
  /** In a full picture names stay inside it and clear of the controls; zoomed in there is no edge. */
  readonly #room = $derived.by<Box | null>(() => {
    const near = (extent: Extent) => Math.abs(this.homes[extent].zoom - this.placedAt) <= STEP;
    const home = near('region') ? 'region' : near('belt') ? 'belt' : null;
    if (!home) return null;
    const { lon, lat } = this.homes[home];
    const at = onPlane(lon, lat, this.placedAt, this.origin);
    const { width: w, height: h } = this.size;
    return { x: at.x - w / 2 + 4, y: at.y - h / 2 + 4, w: w - 8 - CONTROLS_PX, h: h - 8 };
  });
  readonly pins = $derived(new Map(this.#pins.map((pin) => [pin.id, pin])));
  readonly placed = $derived(
    new Map(placeSites(this.#pins, this.#room).map((spot) => [spot.id, spot])),
  );

  /** Pin centres on the plane at the present zoom. */
  readonly spots: ReadonlyMap<string, Point> = $derived(
    new Map(
      this.#steadyMarks.map((mark) => {
        const at = onPlane(mark.lon, mark.lat, this.zoom, this.origin);
        const shift = this.placed.get(mark.id)?.pin ?? { x: 0, y: 0 };
        return [mark.id, { x: at.x + shift.x, y: at.y + shift.y }];
      }),
    ),
  );
  readonly sceneSites: ReadonlyMap<string, SceneSite> = $derived(
    new Map(
      this.#steadyMarks.map(({ id, lon, lat }) => {
        const spot = this.placed.get(id);
        return [id, { lon, lat, shift: spot?.pin ?? { x: 0, y: 0 }, link: spot?.link ?? null }];
      }),
    ),
  );

  tagSize(mark: Mark): { w: number; h: number } {
    return this.pins.get(mark.id) ?? tagSize(mark, this.text);
  }

  /** Pins and hospital names on screen in that view. */
  siteBoxes(view: View): Box[] {
    const by = planeShift(view, this.origin);
    return markBoxes(this.#steadyMarks, this.placed, this.pins, view.zoom, this.origin).map(
      (box) => ({ ...box, x: box.x + by.x, y: box.y + by.y }),
    );
  }

  /** The same on the plane, together with boxes given in pixels of the screen. */
  planeBoxes(onScreen: readonly Box[]): Box[] {
    const scale = 2 ** (this.placedAt - this.zoom);
    const moved = onScreen.map(({ x, y, w, h }) => ({
      x: (x + w / 2 - this.shift.x) * scale - w / 2,
      y: (y + h / 2 - this.shift.y) * scale - h / 2,
      w,
      h,
    }));
    const own = markBoxes(this.#steadyMarks, this.placed, this.pins, this.placedAt, this.origin);
    return [...own, ...moved];
  }

  look(view: View): void {
    this.view = view;
    const before = this.#restedAt;
    if (before === null || Math.abs(view.zoom - before) >= STEP) this.#restedAt = view.zoom;
    clearTimeout(this.#rest);
    if (view.zoom === this.#restedAt) return;
    this.#rest = setTimeout(() => {
      this.#restedAt = view.zoom;
    }, REST_MS);
  }

  close(): void {
    clearTimeout(this.#rest);
  }
}
