import { describe, expect, it } from 'vitest';
import type { Presence } from '../api/wire';
import { gate } from '../state/rows.fixture';
import { hospitalRows, restrictedGates } from './hospitals';
import { at, diversion, NOON, picture, site } from './picture.fixture';

const presence = (id: string, state: Presence['state']): Presence => ({
  id,
  state,
  since: null,
  screens: 1,
  sound_armed: true,
  pages: 0,
});

function rows(
  sites: ReturnType<typeof site>[],
  diversions: ReturnType<typeof diversion>[] = [],
  presences: Presence[] = [],
) {
  const seen = {
    ...picture({ sites, diversions }),
    presences: new Map(presences.map((one) => [one.id, one])),
  };
  return hospitalRows(seen, new Map([['a', 2]]), NOON, 'fr');
}

describe('the hospital table', () => {
  it('has every site, the restricted first, then the alphabet', () => {
    const found = rows(
      [site('c'), site('a'), site('b', { condition: 'diverted' })],
      [diversion('d', 'b', { seen_at: at(1) })],
    );
    expect(found.map((row) => row.site.id)).toEqual(['b', 'a', 'c']);
    expect(found[1]?.inbound).toBe(2);
  });

  it('an open hospital whose screen is silent is unknown, never open', () => {
    const [row] = rows([site('a')], [], [presence('a', 'silent')]);
    expect(row?.status).toMatchObject({ tone: 'unknown', word: 'common:condition.unknown' });
  });

  it('a silent screen does not soften a closed hospital', () => {
    const [row] = rows([site('a', { condition: 'diverted' })], [], [presence('a', 'silent')]);
    expect(row?.status.tone).toBe('diverted');
  });

  it('an overdue attestation keeps the status and says unconfirmed', () => {
    const [row] = rows(
      [site('a', { condition: 'diverted' })],
      [diversion('d', 'a', { review_at: at(-1) })],
    );
    expect(row?.status).toMatchObject({ tone: 'diverted', unconfirmed: true });
  });

  it('names only the gates that are not plainly open', () => {
    const gates = {
      ...site('a').gates,
      walk_ins: gate('vital_only' as const, 'd'),
    };
    expect(restrictedGates(site('a', { gates }))).toEqual([
      { gate: 'walk_ins', value: 'vital_only' },
    ]);
  });
});
