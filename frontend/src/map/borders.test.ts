import { describe, expect, it } from 'vitest';
import words from '../i18n/fr/map.json';
import { type Ring, shareBorders } from './borders';
import { contains } from './inside';
import type { LonLat } from './mercator';
import { drawSchematic, type SchematicFeature, type SchematicFile } from './schematic';
import brussels from './schematic/brussels.json';

const file = brussels as SchematicFile;
const communes = file.features.filter((f) => f.properties.kind === 'commune');
const ringsOf = (feature: SchematicFeature): Ring[] =>
  feature.geometry.type === 'Polygon'
    ? (feature.geometry.coordinates as Ring[])
    : (feature.geometry.coordinates as Ring[][]).flat();
const rings = communes.flatMap(ringsOf);
const segments = (line: readonly LonLat[]) =>
  line.slice(1).map((b, i) => [String(line[i]), String(b)].sort().join(' '));

describe('borders of the nineteen communes', () => {
  const borders = shareBorders(rings, 120);
  const rebuilt = rings.map(borders.rebuild);

  it('are shared point for point after smoothing: no gap, no overlap', () => {
    const use = new Map<string, number>();
    for (const ring of rebuilt) {
      for (const segment of segments(ring)) use.set(segment, (use.get(segment) ?? 0) + 1);
    }
    const outer = new Set(borders.lines.filter((b) => b.outer).flatMap((b) => segments(b.line)));
    const wrong = [...use].filter(([segment, count]) => count !== (outer.has(segment) ? 1 : 2));
    expect(wrong).toEqual([]);
    expect(outer.size).toBeGreaterThan(100);
  });

  it('close every ring again', () => {
    for (const ring of rebuilt) expect(ring[0]).toEqual(ring[ring.length - 1]);
  });

  it('outline the region with the very same points', () => {
    const region = drawSchematic(file).region[0] as Ring;
    const outer = new Set(borders.lines.filter((b) => b.outer).flatMap((b) => segments(b.line)));
    expect(segments(region).filter((segment) => !outer.has(segment))).toEqual([]);
  });

  it('smooth a lone island as a whole', () => {
    const island: LonLat[] = [
      [4, 50],
      [4.1, 50],
      [4.1, 50.1],
      [4, 50.1],
      [4, 50],
    ];
    const lone = shareBorders([island], 500).rebuild(island);
    expect(lone.length).toBeGreaterThan(12);
    expect(lone[0]).toEqual(lone[lone.length - 1]);
  });
});

describe('the schematic of Brussels', () => {
  const drawn = drawSchematic(file);

  it('keeps the Petite Ceinture a closed ring near its surveyed corners', () => {
    const ring = drawn.roads.find((r) => r.road === 'ring20')?.line ?? [];
    expect(ring[0]).toEqual(ring[ring.length - 1]);
    const source = file.features.find((f) => f.properties.ref === 'R20') as SchematicFeature;
    for (const [lon, lat] of source.geometry.coordinates as LonLat[]) {
      const gap = Math.min(
        ...ring.map((p) => Math.hypot((p[0] - lon) * 70_300, (p[1] - lat) * 111_320)),
      );
      expect(gap).toBeLessThan(100);
    }
  });

  it('draws the canal as one course', () => expect(drawn.canals).toHaveLength(1));

  it('offers every commune places for its name, all inside it', () => {
    const named = drawn.labels.filter((label) => label.kind === 'commune');
    expect(named).toHaveLength(19);
    for (const label of named) {
      const own = ringsOf(
        communes.find((f) => f.properties.name_fr === label.names.fr) as SchematicFeature,
      );
      expect(label.spots?.length).toBeGreaterThan(5);
      for (const spot of label.spots?.slice(1) ?? []) expect(contains(own, spot)).toBe(true);
    }
  });

  it('names as many sources to the reader as the figures have', () => {
    expect(Object.keys(words.source)).toHaveLength(file.meta.sources.length);
  });

  it('says it is schematic', () =>
    expect(file.meta.warning).toBe('schematic, for orientation only'));
});
