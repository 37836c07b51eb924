import { expect, it } from 'vitest';
import { nameIn, nameLanguage } from '.';
import { clock, countdown, date, minutes, moment, prose, shortClock } from './format';

it('shows Brussels time whatever the device believes, winter and summer', () => {
  expect(clock('2026-01-15T13:32:07.000Z')).toBe('14:32:07');
  expect(clock('2026-07-15T12:32:07.000Z')).toBe('14:32:07');
  expect(shortClock('2026-07-15T22:05:07.000Z')).toBe('00:05');
});

it('dates are ISO and change at Brussels midnight', () => {
  expect(date('2026-10-02T22:30:00.000Z')).toBe('2026-10-03');
});

it('names the zone only in the hour that occurs twice', () => {
  expect(clock('2026-10-25T00:30:00.000Z')).toBe('02:30:00 CEST');
  expect(clock('2026-10-25T01:30:00.000Z')).toBe('02:30:00 CET');
  expect(clock('2026-10-25T02:30:00.000Z')).toBe('03:30:00');
  expect(clock('2026-10-24T23:30:00.000Z')).toBe('01:30:00');
});

it('adds the date to what was not today', () => {
  const now = '2026-10-03T12:00:00.000Z';
  expect(moment('2026-10-03T08:00:00.000Z', now)).toBe('10:00:00');
  expect(moment('2026-10-02T08:00:00.000Z', now)).toBe('2026-10-02 10:00:00');
});

it('writes times in sentences as each language does', () => {
  const at = '2026-10-03T12:32:07.000Z';
  expect(prose(at, 'fr')).toBe('14\u00a0h\u00a032');
  expect(prose(at, 'nl')).toBe('14.32\u00a0uur');
  expect(prose(at, 'en')).toBe('14:32');
});

it('counts down through zero', () => {
  expect(countdown(245_000)).toBe('4:05');
  expect(countdown(0)).toBe('0:00');
  expect(countdown(-12_000)).toBe('−0:12');
});

it('rounds journey times up, never down', () => {
  expect(minutes(61)).toBe(2);
  expect(minutes(60)).toBe(1);
});

it('marks a name as the language it is shown in, when the wanted one is missing', () => {
  const street = { fr: null, nl: 'Laarbeeklaan 101' };
  expect([nameIn(street, 'fr'), nameLanguage(street, 'fr')]).toEqual(['Laarbeeklaan 101', 'nl']);
  const site = { fr: 'Saint-Jean', nl: 'Sint-Jan' };
  expect([nameIn(site, 'nl'), nameLanguage(site, 'en')]).toEqual(['Sint-Jan', 'fr']);
});
