import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import type { Position, Presence, Site, Transport, Vehicle } from '../api/wire';
import { gate } from '../state/rows.fixture';
import '../i18n';
import { markBoxes, marksOf, onPlane, pinsOf, planeShift } from './markers';
import { projector } from './mercator';
import { placeSites } from './placement';
import { fleetRows, routeOf } from './rows';

const NOW = Date.parse('2026-01-05T10:00:00.000Z');
const site = (id: string, more: Partial<Site> = {}): Site => ({
  id,
  hospital: { id, name: { fr: id, nl: id } },
  network: null,
  name: { fr: `Hôpital ${id}`, nl: `Ziekenhuis ${id}` },
  short: { fr: id, nl: id },
  zone: 'brussels',
  address: { street: null, postal_code: '1000', commune: { fr: 'Bruxelles', nl: 'Brussel' } },
  lat: 50.84,
  lon: 4.35,
  position_precision: 'site_point',
  position_confidence: 'high',
  phone: null,
  phone_ed: null,
  beds: null,
  ed_level: null,
  destination: 'general',
  smur_base: null,
  capabilities: {},
  confidence: 'high',
  notes: null,
  gates: {
    ambulances: gate('open'),
    smur_destination: gate('open'),
    smur_base: gate('available'),
    walk_ins: gate('open'),
  },
  closed_capabilities: {},
  condition: 'open',
  quarantined_at: null,
  quarantined_by: null,
  ...more,
});

const marks = (sites: Site[], stale = false, presences: Presence[] = []) =>
  marksOf({
    sites: new Map(sites.map((s) => [s.id, s])),
    diversions: new Map(),
    presences: new Map(presences.map((p) => [p.id, p])),
    stale,
    now: NOW,
    language: 'en',
  });
const silent: Presence = {
  id: 'a',
  state: 'silent',
  since: null,
  screens: 0,
  sound_armed: false,
  pages: 0,
};

describe('a hospital mark', () => {
  void i18next.changeLanguage('en');

  it('says nothing beside the name while open, and the word to a screen reader', () => {
    const [mark] = marks([site('a')]);
    expect(mark).toMatchObject({ tone: 'open', words: '', spoken: 'a Open, Hôpital a' });
  });

  it('carries the word with the colour', () => {
    const [mark] = marks([site('a', { condition: 'diverted' })]);
    expect(mark).toMatchObject({
      tone: 'diverted',
      words: 'Diverted',
      spoken: 'a Diverted, Hôpital a',
    });
  });

  it('is unknown, never open, while its screen is silent', () => {
    const [mark] = marks([site('a')], false, [silent]);
    expect(mark).toMatchObject({ tone: 'unknown', words: 'screen silent', silent: true });
  });

  it('keeps a diversion in sight when the screen is silent as well', () => {
    const [mark] = marks([site('a', { condition: 'diverted' })], false, [silent]);
    expect(mark).toMatchObject({ tone: 'diverted', words: 'Diverted · screen silent' });
  });

  it('shows nothing as known once the picture is stale', () => {
    const [open, down] = marks([site('a'), site('b', { condition: 'diverted' })], true);
    expect(open).toMatchObject({
      tone: 'unknown',
      words: '',
      spoken: 'a last known: Open, Hôpital a',
    });
    expect(down).toMatchObject({ tone: 'unknown', words: 'last known: Diverted' });
  });

  it('stands on the plane where the view puts its place', () => {
    const view = { lon: 4.37, lat: 50.85, zoom: 12, width: 600, height: 500 };
    const origin = [4.36, 50.84] as const;
    const [plane, shift] = [onPlane(4.35, 50.83, 12, origin), planeShift(view, origin)];
    const screen = projector(view)(4.35, 50.83);
    expect(plane.x + shift.x).toBeCloseTo(screen.x, 6);
    expect(plane.y + shift.y).toBeCloseTo(screen.y, 6);
  });

  it('takes room for its pin and, where it has one, its name', () => {
    const text = { family: 'sans-serif', measure: (words: string) => words.length * 7 };
    const all = marks([site('a'), site('b', { lon: 4.4 })]);
    const pins = pinsOf(all, 12, [4.36, 50.84], text, false);
    const placed = new Map(placeSites(pins, null).map((spot) => [spot.id, spot]));
    const byId = new Map(pins.map((pin) => [pin.id, pin]));
    expect(markBoxes(all, placed, byId, 12, [4.36, 50.84])).toHaveLength(4);
  });
});

describe('the fleet', () => {
  const vehicle = (id: string, active = true): Vehicle => ({
    id,
    ref: id,
    call_sign: id.toUpperCase(),
    kind: 'ambulance',
    operator: null,
    base: null,
    status: 'available',
    active,
  });
  const position = (id: string, age: number): Position => [
    id,
    50.84,
    4.35,
    new Date(NOW - age * 1000).toISOString(),
    null,
    null,
  ];
  const rows = (
    ages: Record<string, number>,
    vehicles = Object.keys(ages).map((id) => vehicle(id)),
  ) =>
    fleetRows(
      {
        vehicles: new Map(vehicles.map((v) => [v.id, v])),
        transports: new Map(),
        redirects: new Map(),
        positions: new Map(Object.entries(ages).map(([id, age]) => [id, position(id, age)])),
        now: NOW,
        overdueAfterS: 30,
      },
      { tracks: new Map(), clock: 0, still: false },
      { age: (s) => `${s} s`, lost: (s) => `lost ${s} s` },
    );

  it('tells solid, ageing and lost positions apart at 30 and 120 seconds', () => {
    const ages = rows({ a: 30, b: 31, c: 120, d: 121 }).map((row) => [row.age, row.ageText]);
    expect(ages).toEqual([
      ['fresh', ''],
      ['ageing', '31 s'],
      ['ageing', '120 s'],
      ['lost', 'lost 121 s'],
    ]);
  });

  it('never removes a lost vehicle and never guesses one without a position', () => {
    expect(rows({ a: 86_400 })).toHaveLength(1);
    expect(rows({}, [vehicle('x')])).toHaveLength(0);
    expect(rows({ a: 1 }, [vehicle('a', false)])).toHaveLength(0);
  });

  it('draws the chosen transport to the ordered destination and remembers the former', () => {
    const transport = { vehicle_id: 'v', destination_id: 'a', ordered_destination_id: 'b' };
    expect(routeOf(transport as Transport, undefined, ['b', 'c'])).toEqual({
      vehicle: 'v',
      destination: 'b',
      former: 'a',
      options: ['b', 'c'],
    });
    expect(routeOf(undefined, undefined, [])).toBeNull();
  });
});
