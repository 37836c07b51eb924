import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { palettes } from './palette';
import { type Streets, streetLayers } from './streets';
import { StreetWatch } from './streetwatch.svelte';

const built = (id: string): Streets => ({
  id,
  data_date: '2026-03-01',
  attribution: '© OpenStreetMap contributors',
  tiles: `/map/${id}/streets.pmtiles`,
});

describe('the style of the streets', () => {
  it.each(['light', 'dark'] as const)(
    'paints with the colours of the ground alone: %s',
    (theme) => {
      const colors = palettes[theme];
      const ground = new Set<unknown>([
        ...[
          colors.region,
          colors.regionEdge,
          colors.green,
          colors.airport,
          colors.water,
          colors.rail,
        ],
        ...[colors.road, colors.roadCasing, colors.freeway, colors.freewayCasing],
        ...[colors.label, colors.halo],
      ]);
      for (const { id, paint } of streetLayers(colors, 'fr'))
        for (const [name, value] of Object.entries(paint))
          if (name.endsWith('-color')) expect(ground, id).toContain(value);
    },
  );

  it('has the same layers in every theme and language', () => {
    const ids = (theme: 'light' | 'dark', language: 'fr' | 'nl') =>
      streetLayers(palettes[theme], language).map(({ id }) => id);
    expect(ids('dark', 'nl')).toEqual(ids('light', 'fr'));
    expect(new Set(ids('light', 'fr')).size).toBe(ids('light', 'fr').length);
  });

  it('names streets in the language of the reader, and as the map has it where there is none', () => {
    const names = (language: 'fr' | 'nl' | 'en') =>
      JSON.stringify(streetLayers(palettes.light, language).at(-1)?.layout?.['text-field']);
    expect(names('nl')).toContain('name_nl');
    expect(names('fr')).toContain('name_fr');
    expect(names('en')).toContain('"name"');
  });
});

describe('which streets are shown', () => {
  let answers: (Streets | null | Error)[] = [];
  const ask = async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer ?? null;
  };
  let watch: StreetWatch | undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, 'info').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    watch?.close();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  async function watching(...said: (Streets | null | Error)[]): Promise<StreetWatch> {
    answers = said;
    watch = new StreetWatch(ask);
    await vi.advanceTimersByTimeAsync(0);
    return watch;
  }

  it('are those in use, and another map within five minutes', async () => {
    const one = await watching(built('a'), built('b'));
    expect(one.current?.id).toBe('a');
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(one.current?.id).toBe('b');
  });

  it('stay while the server cannot be reached', async () => {
    const one = await watching(built('a'), new Error('offline'));
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(one.current?.id).toBe('a');
  });

  it('are none where no map was built', async () => {
    expect((await watching(null)).current).toBeNull();
  });

  it('are none once their tiles cannot be had, until another map is in use', async () => {
    const one = await watching(built('a'), built('a'), built('b'));
    one.lose(new Error('gone'));
    expect(one.current).toBeNull();
    await one.look();
    expect(one.current).toBeNull();
    await one.look();
    expect(one.current?.id).toBe('b');
  });
});
