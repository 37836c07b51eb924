import { describe, expect, it } from 'vitest';
import type { Plan, Proposal } from '../api/wire';
import {
  countedOn,
  type Draft,
  draftsOf,
  itemsOf,
  loads,
  obstacle,
  outcomes,
  spillover,
  standing,
  whyTold,
} from './bulk';
import { at, option } from './picture.fixture';

const proposal = (id: string, more: Partial<Proposal> = {}): Proposal => ({
  transport_id: id,
  choice: 'redirect',
  to_id: 'a',
  options: [option('a'), option('b'), option('shut', { admits: false })],
  individual_reason: null,
  why: 'nearest',
  ...more,
});
const plan = (...proposals: Proposal[]): Plan => ({
  site_id: null,
  at: at(0),
  proposals,
  totals: [],
  expected: null,
});
const drafts = (...proposals: Proposal[]): Draft[] => draftsOf(plan(...proposals), null);

describe('the review of many', () => {
  it('ticks what is proposed together and leaves the rest to a person, with the reason', () => {
    const found = drafts(
      proposal('t1'),
      proposal('t2', {
        choice: 'individual',
        to_id: null,
        individual_reason: 'physician_on_board',
      }),
    );
    expect(found.map((draft) => [draft.ticked, draft.individualReason])).toEqual([
      [true, null],
      [false, 'physician_on_board'],
    ]);
  });

  it('an individual proposal with a place named is still not ticked', () => {
    expect(
      drafts(proposal('t', { choice: 'individual', individual_reason: 'critical' }))[0]?.ticked,
    ).toBe(false);
  });

  it('keeps to what was ticked in the list', () => {
    expect(
      draftsOf(plan(proposal('t1'), proposal('t2')), new Set(['t2'])).map((one) => one.transportId),
    ).toEqual(['t2']);
  });

  it('says why a place was proposed where it is not the nearest, until a person chooses another', () => {
    const [near, full] = drafts(proposal('t1'), proposal('t2', { why: 'nearest_full' })) as [
      Draft,
      Draft,
    ];
    expect(whyTold(near)).toBeNull();
    expect(whyTold(full)).toEqual({ why: 'nearest_full', strained: false });
    expect(whyTold({ ...full, toId: 'b' })).toBeNull();
  });

  it('what a limit was given up for is to be looked at', () => {
    const [draft] = drafts(proposal('t', { why: 'all_full' })) as [Draft];
    expect(whyTold(draft)?.strained).toBe(true);
  });

  it('is stopped by a missing destination, and by a missing reason where the site does not admit', () => {
    const [draft] = drafts(proposal('t')) as [Draft];
    expect(obstacle(draft)).toBeNull();
    expect(obstacle({ ...draft, toId: null })).toBe('destination');
    expect(obstacle({ ...draft, toId: 'shut' })).toBe('reason');
    expect(obstacle({ ...draft, toId: 'shut', reason: 'agreed by phone' })).toBeNull();
    expect(obstacle({ ...draft, toId: 'shut', ticked: false })).toBeNull();
  });

  it('counts the load from what is ticked, on top of what is already coming', () => {
    const [one, two, three] = drafts(
      proposal('t1'),
      proposal('t2'),
      proposal('t3', { to_id: 'b' }),
    ) as [Draft, Draft, Draft];
    expect(loads([one, two, { ...three, ticked: false }], new Map([['a', 3]]))).toEqual([
      { siteId: 'a', inbound: 3, added: 2 },
    ]);
  });

  it('shares those still to come as the ticked ones are shared', () => {
    const totals = [
      { siteId: 'a', inbound: 0, added: 3 },
      { siteId: 'b', inbound: 5, added: 1 },
    ];
    expect([...spillover(totals, 6)]).toEqual([
      ['a', 5],
      ['b', 2],
    ]);
    expect([...spillover([], 6)]).toEqual([]);
  });

  it('says where those decided individually are expected, and nothing where none are', () => {
    const totals = [
      { site_id: 'a', inbound: 1, added: 2, individually: 2 },
      { site_id: 'b', inbound: 0, added: 1, individually: 0 },
    ];
    expect([...countedOn({ ...plan(), totals })]).toEqual([['a', 2]]);
  });

  it('sends exactly the ticked rows, each with the version that was on screen', () => {
    const [one, two] = drafts(proposal('t1'), proposal('t2')) as [Draft, Draft];
    const items = itemsOf(
      [
        { ...one, toId: 'shut', reason: ' agreed ' },
        { ...two, ticked: false },
      ],
      () => 7,
    );
    expect(items).toEqual([{ transport: 't1', to: 'shut', reason: 'agreed', version: 7 }]);
  });

  it('tells each row its own outcome', () => {
    const problem = { type: '', title: '', status: 409, code: 'stale_version', detail: '' };
    const told = outcomes({
      results: [
        {
          transport: 't1',
          ok: true,
          answer: { seq: 9, cursor: '', recorded_at: '', repeated: false, events: [] },
        },
        { transport: 't2', ok: false, problem },
      ],
    });
    expect(told.get('t1')).toEqual({ ok: true, seq: 9 });
    expect(told.get('t2')).toEqual({ ok: false, problem });
  });

  it('tells of each row what became of it, and of another’s decision before its own refusal', () => {
    const [draft] = drafts(proposal('t')) as [Draft];
    const refused = { ok: false, problem: { code: 'stale_version' } } as const;
    expect([
      standing(draft, true, undefined, 'idle'),
      standing(draft, true, undefined, 'sending'),
      standing(draft, true, undefined, 'not_sent'),
      standing({ ...draft, ticked: false }, true, undefined, 'not_sent'),
      standing(draft, true, refused, 'finished'),
      standing(draft, false, refused, 'finished'),
      standing(draft, false, undefined, 'not_sent'),
      standing(draft, false, { ok: true, seq: 7 }, 'finished'),
    ]).toEqual([null, 'sending', 'not_sent', null, 'refused', 'taken', 'taken', 'recorded']);
  });
});
