import { describe, expect, it } from 'vitest';
import { captionBox, placeCaptions } from './captions';
import { broken, nameLines } from './names';
import { type Box, overlapArea } from './placement';
import { free, type PlaceWish, placeNames, SHIFTS, shownAt } from './places';
import type { PlaceLabel } from './schematic';

const label = (id: string, rank: 0 | 1 | 2 = 1): PlaceLabel => ({
  id,
  kind: rank === 0 ? 'commune' : 'place',
  names: { fr: 'Schaerbeek', nl: 'Schaarbeek' },
  lon: 4.38,
  lat: 50.86,
  rank,
});
const wish = (id: string, x: number, y: number, rank: 0 | 1 | 2 = 1): PlaceWish => ({
  label: label(id, rank),
  x,
  y,
  w: 80,
  h: 13,
  shifts: SHIFTS,
});

describe('place names', () => {
  it('stand where they belong when nothing is there', () => {
    expect(placeNames([wish('a', 100, 100)], [])[0]).toMatchObject({ x: 60, y: 93.5, shift: 0 });
  });

  it('move a little for a hospital or a vehicle, and are left out where no spot is free', () => {
    const vehicle: Box = { x: 95, y: 95, w: 10, h: 10 };
    const [moved] = placeNames([wish('a', 100, 100)], [vehicle]);
    expect(moved && overlapArea(moved, vehicle)).toBe(0);
    expect(placeNames([wish('a', 100, 100)], [{ x: 0, y: 0, w: 300, h: 300 }])).toEqual([]);
  });

  it('never touch one another; communes come first', () => {
    const crowd = Array.from({ length: 12 }, (_, i) =>
      wish(`p${i}`, 100 + i * 9, 100 + (i % 3) * 6, i === 11 ? 0 : 1),
    );
    const placed = placeNames(crowd, []);
    expect(placed[0]?.id).toBe('p11');
    for (const [i, name] of placed.entries()) expect(free(name, placed.slice(0, i))).toBe(true);
  });

  it('keep a spot they have while it is free, so that they do not hop back and forth', () => {
    const blocked = [{ x: 95, y: 95, w: 10, h: 10 }];
    const [first] = placeNames([wish('a', 100, 100)], blocked);
    const [kept] = placeNames([wish('a', 100, 100)], [], new Map([['a', first?.shift ?? 0]]));
    expect(kept?.shift).toBe(first?.shift);
    expect(kept?.shift).not.toBe(0);
  });

  it('appear by rank as one comes closer', () => {
    expect([0, 1, 2].map((rank) => shownAt(label('x', rank as 0 | 1 | 2), 10.6))).toEqual([
      true,
      false,
      false,
    ]);
    expect([0, 1, 2].every((rank) => shownAt(label('x', rank as 0 | 1 | 2), 14))).toBe(true);
  });

  it('are named in the language of the reader, both official names in English', () => {
    expect(nameLines(label('x'), 'fr')).toEqual(['Schaerbeek']);
    expect(nameLines(label('x'), 'nl')).toEqual(['Schaarbeek']);
    expect(nameLines(label('x'), 'en')).toEqual(['Schaerbeek', 'Schaarbeek']);
  });

  it('break long names at a hyphen near the middle', () => {
    expect(broken('Molenbeek-Saint-Jean')).toEqual(['Molenbeek-', 'Saint-Jean']);
    expect(broken('Porte de Namur')).toEqual(['Porte', 'de Namur']);
    expect(broken('Etterbeek')).toEqual(['Etterbeek']);
  });
});

describe('call signs', () => {
  const room = { x: 0, y: 0, w: 600, h: 500 };
  const sign = (id: string, x: number, y: number, must: boolean) => ({
    id,
    x,
    y,
    r: 8,
    w: 50,
    h: 16,
    must,
    weight: must ? 5 : 1,
  });

  it('avoid hospitals and each other', () => {
    const hospital = { x: 112, y: 90, w: 80, h: 20 };
    const wishes = [sign('a', 100, 100, true), sign('b', 100, 130, true)];
    const sides = placeCaptions(wishes, [hospital], new Map(), room);
    const boxes = wishes.map((w) => captionBox(w, sides.get(w.id) ?? 'right'));
    expect(boxes.map((box) => overlapArea(box, hospital))).toEqual([0, 0]);
    expect(overlapArea(boxes[0] as Box, boxes[1] as Box)).toBe(0);
  });

  it('stay inside the picture', () => {
    expect(placeCaptions([sign('a', 590, 100, true)], [], new Map(), room).get('a')).toBe('left');
  });

  it('give way when they may, and stay when a decision is due', () => {
    const wall = [{ x: 0, y: 0, w: 600, h: 500 }];
    expect(placeCaptions([sign('a', 100, 100, false)], wall, new Map(), room).size).toBe(0);
    expect(placeCaptions([sign('a', 100, 100, true)], wall, new Map(), room).size).toBe(1);
  });

  it('do not flutter from side to side', () => {
    const sides = placeCaptions([sign('a', 100, 100, true)], [], new Map([['a', 'below']]), room);
    expect(sides.get('a')).toBe('below');
  });
});
