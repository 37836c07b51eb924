// Invariant: a vehicle reads without its colour: the outline tells its kind, the mark inside what is
// due, the fill how old its position is.
import type { VehicleKind } from '../api/wire';
import type { PositionState } from '../state/positions';
import type { Tone } from './fleet';
import type { Point } from './mercator';
import type { Palette } from './palette';

export interface Figure {
  kind: VehicleKind;
  tone: Tone;
  age: PositionState;
  heading: number | null;
  selected: boolean;
}

const RADIUS: Record<Tone, number> = {
  idle: 3.6,
  neutral: 5.4,
  settled: 5.4,
  undecided: 8.5,
  ordered: 9,
  overdue: 8.5,
};

export function radiusOf(tone: Tone): number {
  return RADIUS[tone];
}

const MARK: Partial<Record<Tone, string>> = { undecided: '?', overdue: '!' };

type Ink = { fill: string; edge: string; text: string; dash: number[] };

function ink(tone: Tone, colors: Palette): Ink {
  const solid = (fill: string, edge: string, text = edge): Ink => ({ fill, edge, text, dash: [] });
  if (tone === 'undecided') return solid(colors.amber, colors.amberEdge, colors.amberText);
  if (tone === 'overdue') return solid(colors.red, colors.redText);
  if (tone === 'ordered') {
    return { fill: colors.panel, edge: colors.blue, text: colors.blue, dash: [4, 2.4] };
  }
  return solid(tone === 'idle' ? colors.idle : colors.vehicle, colors.vehicleEdge);
}

export function drawVehicle(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  figure: Figure,
  colors: Palette,
): void {
  const r = RADIUS[figure.tone];
  const { fill, edge, text, dash } = ink(figure.tone, colors);
  context.save();
  context.translate(x, y);
  if (figure.selected) ring(context, r + 5, colors);
  const { heading, tone, age } = figure;
  if (heading !== null && figure.kind !== 'smur' && tone !== 'idle' && age !== 'lost') {
    whisker(context, r, heading, strong(tone, colors), colors);
  }
  outline(context, figure, r);
  if (figure.age === 'fresh') {
    context.fillStyle = fill;
    context.fill();
    stroke(context, edge, figure.tone === 'idle' ? 0.8 : dash.length ? 2.2 : 1.3, dash);
  } else {
    context.fillStyle = colors.hollow;
    context.fill();
    stroke(context, dash.length ? edge : strong(figure.tone, colors), 1.8, dash);
  }
  const mark = figure.age === 'fresh' ? MARK[figure.tone] : undefined;
  if (mark) letter(context, mark, text);
  if (figure.tone === 'settled') tick(context, r, colors);
  if (figure.age === 'lost') cross(context, r + 3, strong(figure.tone, colors));
  context.restore();
}

/** The colour of a hollow figure: that of its tone, dark enough to stand as a line. */
function strong(tone: Tone, colors: Palette): string {
  if (tone === 'undecided') return colors.amberEdge;
  if (tone === 'overdue') return colors.red;
  if (tone === 'ordered') return colors.blue;
  return tone === 'idle' ? colors.idle : colors.vehicle;
}

function outline(context: CanvasRenderingContext2D, { kind, heading }: Figure, r: number): void {
  context.beginPath();
  if (kind === 'ambulance') context.roundRect(-r * 0.92, -r * 0.92, r * 1.84, r * 1.84, r * 0.22);
  else if (kind === 'pit') polygon(context, diamond(r * 1.2));
  else polygon(context, turned(chevron(r * 1.25), heading ?? 0));
}

function diamond(r: number): Point[] {
  return [
    { x: 0, y: -r },
    { x: r, y: 0 },
    { x: 0, y: r },
    { x: -r, y: 0 },
  ];
}

function chevron(r: number): Point[] {
  return [
    { x: 0, y: -r },
    { x: r * 0.9, y: r * 0.85 },
    { x: 0, y: r * 0.42 },
    { x: -r * 0.9, y: r * 0.85 },
  ];
}

function turned(points: Point[], degrees: number): Point[] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return points.map(({ x, y }) => ({ x: x * cos - y * sin, y: x * sin + y * cos }));
}

function polygon(context: CanvasRenderingContext2D, points: Point[]): void {
  points.forEach(({ x, y }, i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.closePath();
}

/** A whisker in the direction of travel. */
function whisker(
  context: CanvasRenderingContext2D,
  r: number,
  heading: number,
  color: string,
  colors: Palette,
): void {
  const [tip] = turned([{ x: 0, y: -r - 6 }], heading);
  if (!tip) return;
  context.lineCap = 'round';
  for (const [ink, width] of [
    [colors.halo, 4],
    [color, 1.8],
  ] as const) {
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(tip.x, tip.y);
    stroke(context, ink, width, []);
  }
}

function stroke(
  context: CanvasRenderingContext2D,
  color: string,
  width: number,
  dash: number[],
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

function letter(context: CanvasRenderingContext2D, text: string, color: string): void {
  context.font = '700 12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = color;
  context.fillText(text, 0, 0.5);
}

function tick(context: CanvasRenderingContext2D, r: number, colors: Palette): void {
  for (const [color, width] of [
    [colors.halo, 4],
    [colors.text, 1.8],
  ] as const) {
    context.beginPath();
    context.moveTo(r - 1, -r - 1);
    context.lineTo(r + 1.5, -r + 1.5);
    context.lineTo(r + 6, -r - 5);
    stroke(context, color, width, []);
  }
}

function cross(context: CanvasRenderingContext2D, r: number, color: string): void {
  context.beginPath();
  context.moveTo(-r, -r);
  context.lineTo(r, r);
  context.moveTo(r, -r);
  context.lineTo(-r, r);
  stroke(context, color, 1.8, []);
}

function ring(context: CanvasRenderingContext2D, r: number, colors: Palette): void {
  context.beginPath();
  context.arc(0, 0, r, 0, 2 * Math.PI);
  stroke(context, colors.halo, 5, []);
  stroke(context, colors.text, 2, []);
}

export function drawPath(
  context: CanvasRenderingContext2D,
  from: Point,
  to: Point,
  look: { color: string; halo: string; width: number; dash: number[] },
): void {
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  stroke(context, look.halo, look.width + 2.5, []);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  stroke(context, look.color, look.width, look.dash);
}

/** From a pin that had to step aside to the place it stands for. */
export function drawLeader(
  context: CanvasRenderingContext2D,
  place: Point,
  pin: Point,
  colors: Palette,
): void {
  drawPath(context, place, pin, { color: colors.label, halo: colors.halo, width: 1.2, dash: [] });
  context.beginPath();
  context.arc(place.x, place.y, 2.6, 0, 2 * Math.PI);
  context.fillStyle = colors.label;
  context.fill();
  stroke(context, colors.halo, 1, []);
}

/** From a pin to its name where the name found no room beside it. */
export function drawLink(
  context: CanvasRenderingContext2D,
  pin: Point,
  name: Point,
  colors: Palette,
): void {
  drawPath(context, pin, name, { color: colors.label, halo: colors.halo, width: 1, dash: [] });
}

export interface Caption {
  text: string;
  left: number;
  top: number;
  width: number;
  height: number;
  boxed: boolean;
}

export const CAPTION_FONT_PX = 11;

export function drawCaption(
  context: CanvasRenderingContext2D,
  caption: Caption,
  colors: Palette,
  font: string,
): void {
  context.font = font;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const middle = caption.top + caption.height / 2 + 0.5;
  if (caption.boxed) {
    context.beginPath();
    context.roundRect(caption.left, caption.top, caption.width, caption.height, 3);
    context.fillStyle = colors.panel;
    context.fill();
    stroke(context, colors.shieldEdge, 1, []);
  } else {
    context.lineJoin = 'round';
    context.strokeStyle = colors.halo;
    context.lineWidth = 3;
    context.strokeText(caption.text, caption.left + 3, middle);
  }
  context.fillStyle = colors.text;
  context.fillText(caption.text, caption.left + 3, middle);
}
