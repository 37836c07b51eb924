import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { palettes, type Theme } from './palette';

const css = readFileSync(join(import.meta.dirname, '../ui/tokens.css'), 'utf8');

function token(theme: Theme, name: string): string {
  const dark = css.indexOf('[data-theme="dark"]');
  const part = theme === 'light' ? css.slice(0, dark) : css.slice(dark);
  return new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(part)?.[1] ?? 'missing';
}

const channels = (hex: string) =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((c) => {
    const s = c / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s map', (theme) => {
  const colors = palettes[theme];

  it('wears the status colours of the interface and no others', () => {
    expect(colors.amber).toBe(token(theme, 'limited-fill'));
    expect(colors.amberEdge).toBe(token(theme, 'limited-edge'));
    expect(colors.amberText).toBe(token(theme, 'limited-text'));
    expect(colors.red).toBe(token(theme, 'diverted-fill'));
    expect(colors.redText).toBe(token(theme, 'diverted-text'));
    expect(colors.blue).toBe(token(theme, 'reopening-fill'));
    expect(colors.text).toBe(token(theme, 'text'));
    expect(colors.panel).toBe(token(theme, 'panel'));
  });

  it('has a grey ground: nothing that could be read as a status, no green', () => {
    const { amber, amberEdge, amberText, blue, red, redText, ...ground } = colors;
    for (const [name, color] of Object.entries(ground)) {
      const [r, g, b] = channels(color);
      expect(Math.max(r, g, b) - Math.min(r, g, b), name).toBeLessThanOrEqual(36);
      expect(g, `${name} is not green`).toBeLessThanOrEqual(Math.max(r, b) + 3);
    }
  });

  it('keeps every name readable on every ground it may stand on', () => {
    for (const ground of [colors.region, colors.outside, colors.green, colors.airport]) {
      for (const ink of [colors.label, colors.labelFaint, colors.labelGreen, colors.text]) {
        expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('shows vehicles at three to one or better', () => {
    expect(contrast(colors.vehicle, colors.region)).toBeGreaterThanOrEqual(3);
    expect(contrast(colors.amberEdge, colors.region)).toBeGreaterThanOrEqual(3);
    expect(contrast(colors.blue, colors.region)).toBeGreaterThanOrEqual(3);
    expect(contrast(colors.red, colors.region)).toBeGreaterThanOrEqual(3);
  });
});
