import { describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n';
import {
  type Draft,
  declaration,
  LEVEL_GATES,
  newDraft,
  obstacle,
  request,
  sharing,
} from './declaring';
import { site } from './picture.fixture';
import { dialled, readOut } from './said';

const draft = (more: Partial<Draft> = {}): Draft => ({
  ...newDraft('a'),
  calledBy: ' head nurse ',
  ...more,
});

describe('a declaration after a call', () => {
  it('closes the site to ambulances and SMUR unless it is said otherwise', () => {
    expect(declaration(draft())).toMatchObject({
      state: 'active',
      gates: { ambulances: 'closed', smur_destination: 'closed', smur_base: null, walk_ins: null },
      called_by: 'head nurse',
      call_back: null,
      read_back: false,
      emergency_plan: null,
    });
  });

  it('that is only suspected restricts nothing', () => {
    const suspected = declaration(draft({ level: 'suspected', gates: LEVEL_GATES.suspected }));
    expect(suspected.state).toBe('suspected');
    expect(Object.values(suspected.gates ?? {})).toEqual([null, null, null, null]);
  });

  it('of one site goes to that site', () => {
    expect(request(draft(), 'brussels').path).toBe('/api/sites/a/diversions');
  });

  it('of several is one incident, and only what differs is said apart', () => {
    const { path, body } = request(
      draft({
        scope: 'supplier',
        name: ' Labsoft ',
        siteIds: ['a', 'b', 'c'],
        differences: { b: 'life_threatening', c: 'closed' },
      }),
      'brussels',
    );
    expect(path).toBe('/api/regions/brussels/incidents');
    expect(body).toMatchObject({
      kind: 'supplier',
      name: 'Labsoft',
      sites: ['a', 'b', 'c'],
      differences: {
        b: { gates: { ambulances: 'life_threatening', smur_destination: 'life_threatening' } },
      },
    });
    expect(Object.keys((body as { differences: object }).differences)).toEqual(['b']);
  });

  it('keeps the SMUR gate where it was said apart from the ambulances', () => {
    const gates = { ...LEVEL_GATES.closed, smur_destination: 'open' as const };
    const { body } = request(
      draft({
        scope: 'network',
        name: 'N',
        siteIds: ['a', 'b'],
        gates,
        differences: { b: 'open' },
      }),
      'brussels',
    );
    expect(body).toMatchObject({
      differences: { b: { gates: { ambulances: 'open', smur_destination: 'open' } } },
    });
  });

  it('says what is still missing', () => {
    expect(obstacle(draft({ calledBy: ' ' }))).toBe('called_by');
    expect(obstacle(draft({ scope: 'supplier', siteIds: ['a', 'b'] }))).toBe('name');
    expect(obstacle(draft({ scope: 'supplier', name: 'x' }))).toBe('sites');
    expect(obstacle(draft())).toBeNull();
  });
});

it('sites that share a hospital or a network are found, and none where nothing is shared', () => {
  const hospital = { id: 'h', name: { fr: 'h', nl: 'h' } };
  const all = [
    site('a', { hospital, network: 'N' }),
    site('b', { hospital }),
    site('c', { network: 'N' }),
    site('d'),
  ];
  const ids = (id: string, scope: 'hospital' | 'network' | 'supplier') =>
    sharing(all.find((one) => one.id === id) ?? site(id), scope, all).map((one) => one.id);
  expect(ids('a', 'hospital')).toEqual(['a', 'b']);
  expect(ids('a', 'network')).toEqual(['a', 'c']);
  expect(ids('d', 'network')).toEqual([]);
  expect(ids('d', 'supplier')).toEqual(['d', 'a', 'b', 'c']);
});

it('what is read out names each site with what will be recorded of it', () => {
  setLanguage('en');
  const sites = new Map(['a', 'b'].map((id) => [id, site(id)]));
  const told = readOut(
    draft({
      scope: 'supplier',
      name: 'x',
      siteIds: ['a', 'b'],
      differences: { b: 'open' },
      callBack: '02 123 45 67',
    }),
    sites,
    null,
  ).join('\n');
  expect(told).toContain('a — Ambulances: closed, SMUR/PIT (destination): closed.');
  expect(told).toContain('b — Ambulances: open, SMUR/PIT (destination): open.');
  expect(told).toContain('called in by head nurse, call back on 02 123 45 67');
});

it('only what can be dialled is dialled', () => {
  expect(dialled('Dr Dupont, +32 2 535 31 11 (day)')).toBe('+3225353111');
  expect(dialled('ask for room 12')).toBeNull();
  expect(dialled(null)).toBeNull();
});
