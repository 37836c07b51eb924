// Invariant: a place is named as its own language names it; in English both official names stand.
import type { Language } from '../api/wire';
import type { Text } from './markers';
import type { PlaceLabel } from './schematic';

interface Face {
  font: (family: string) => string;
  line: number;
  /** Extra width per letter, in pixels. */
  tracking: number;
  upper: boolean;
  pad: number;
}

const plain = (style: string, line: number, pad = 0): Face => ({
  font: (family) => `${style} ${family}`,
  line,
  tracking: 0,
  upper: false,
  pad,
});

const FACES: Record<PlaceLabel['kind'], Face> = {
  commune: {
    font: (family) => `600 10.5px ${family}`,
    line: 13,
    tracking: 0.6,
    upper: true,
    pad: 0,
  },
  place: plain('500 11px', 13),
  green: plain('italic 400 11px', 13),
  shield: plain('600 9.5px', 13, 4),
};

const LONG = 13;

/** Long names break after a hyphen or a space, near the middle. */
export function broken(name: string, long = LONG): string[] {
  if (name.length <= long) return [name];
  const breaks = [...name.matchAll(/[- ]/g)].map((match) => match.index + 1);
  const middle = name.length / 2;
  const best = breaks.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return best ? [name.slice(0, best).trimEnd(), name.slice(best)] : [name];
}

export function nameLines(label: PlaceLabel, language: Language): string[] {
  const { fr, nl } = label.names;
  const both = language === 'en' && fr !== nl;
  const lines = both ? [fr, nl] : broken(language === 'nl' ? nl : fr);
  return FACES[label.kind].upper && language !== 'en'
    ? lines.map((line) => line.toLocaleUpperCase())
    : lines;
}

export function nameSize(
  label: PlaceLabel,
  language: Language,
  text: Text,
): { w: number; h: number } {
  const face = FACES[label.kind];
  const lines = nameLines(label, language);
  const widths = lines.map(
    (line) => text.measure(line, face.font(text.family)) + line.length * face.tracking,
  );
  return { w: Math.ceil(Math.max(...widths)) + 2 * face.pad + 1, h: lines.length * face.line };
}
