import { expect, it } from 'vitest';
import { gate } from '../state/rows.fixture';
import { acceptedAt, attestedBySite, cautionsOf, isWarning } from './cautions';
import { at, diversion, NOON, presence, site } from './picture.fixture';

const cautions = (
  place = site('a'),
  heard = presence('a', 'live'),
  running: ReturnType<typeof diversion>[] = [],
) => cautionsOf(place, heard, running, NOON);

it('nothing is said of a hospital that is heard and sure', () => {
  expect(cautions()).toEqual([]);
});

it('a screen that is silent, muted or was never there is said before sending', () => {
  expect(cautions(site('a'), presence('a', 'silent'))).toEqual(['silent']);
  expect(cautions(site('a'), presence('a', 'muted'))).toEqual(['muted']);
  expect(cautionsOf(site('a'), undefined, [], NOON)).toEqual(['never']);
  expect(['silent', 'never'].map((one) => isWarning(one as 'silent' | 'never'))).toEqual([
    true,
    false,
  ]);
});

it('quarantine, an unconfirmed declaration and contradicting reports are said, the gravest first', () => {
  const place = site('a', {
    quarantined_at: at(0),
    gates: { ...site('a').gates, walk_ins: { ...gate('open' as const), disputed: ['d'] } },
  });
  const late = diversion('d', 'a', { unconfirmed_since: at(-5) });
  expect(cautions(place, presence('a', 'live'), [late])).toEqual([
    'quarantined',
    'unconfirmed',
    'disputed',
  ]);
});

it('what a limited site accepts all the same is told once for both gates', () => {
  const limited = { ...gate('life_threatening' as const, 'd'), accepts: ['maternity', 'burns'] };
  const gates = { ...site('a').gates, ambulances: limited, smur_destination: limited };
  expect(acceptedAt(site('a', { gates }))).toEqual(['burns', 'maternity']);
});

it('of several declarations at a site the one confirmed longest ago counts, ended ones do not', () => {
  const rows = [
    diversion('d1', 'a', { attested_at: at(-60) }),
    diversion('d2', 'a', { attested_at: at(-3600) }),
    diversion('d3', 'b', { attested_at: at(-60), ended_at: at(0) }),
  ];
  const found = attestedBySite(new Map(rows.map((row) => [row.id, row])));
  expect([...found]).toEqual([['a', NOON - 3_600_000]]);
});
