import { describe, expect, it } from 'vitest';
import { affectedGroups, crewOverdue, inboundBySite, nextUndecided, rowsInOrder } from './affected';
import { at, diversion, NOON, notice, picture, redirect, transport } from './picture.fixture';

const NEAR = 240;
const groups = (rows: Parameters<typeof picture>[0]) => affectedGroups(picture(rows), NEAR);
const only = (rows: Parameters<typeof picture>[0]) => {
  const row = rowsInOrder(groups(rows))[0];
  if (!row) throw new Error('no row');
  return row;
};

describe('the stage of a transport', () => {
  const affected = transport('t', 'old', { affected_since: at(0) });

  it('is undecided while affected and nobody decided', () => {
    expect(only({ transports: [affected] })).toMatchObject({
      stage: 'undecided',
      fromId: 'old',
      toId: null,
    });
  });

  it('a transport that is not affected and was never redirected is not in the list', () => {
    expect(groups({ transports: [transport('t', 'old')] })).toEqual([]);
  });

  it('is ordered once redirected, and still shows where it came from', () => {
    const moving = transport('t', 'old', { ordered_destination_id: 'new' });
    expect(only({ transports: [moving], redirects: [redirect('r', 't')] })).toMatchObject({
      stage: 'ordered',
      fromId: 'old',
      toId: 'new',
    });
  });

  it('is crew acknowledged, then ED acknowledged', () => {
    const there = transport('t', 'new');
    const order = redirect('r', 't', { state: 'acknowledged', acknowledged_at: at(20) });
    expect(only({ transports: [there], redirects: [order] }).stage).toBe('crew_ack');
    const sent = notice('n', 't', 'new');
    expect(only({ transports: [there], redirects: [order], notices: [sent] }).stage).toBe(
      'crew_ack',
    );
    const taken = notice('n', 't', 'new', { state: 'acknowledged', acknowledged_at: at(30) });
    expect(only({ transports: [there], redirects: [order], notices: [taken] }).stage).toBe(
      'ed_ack',
    );
  });

  it('the withdrawn notice of the former ED is no acknowledgement by the new one', () => {
    const there = transport('t', 'new');
    const order = redirect('r', 't', { state: 'acknowledged' });
    const old = notice('n', 't', 'new', { state: 'withdrawn', acknowledged_at: at(1) });
    expect(only({ transports: [there], redirects: [order], notices: [old] }).stage).toBe(
      'crew_ack',
    );
  });

  it('is ordered when somebody sent it to a closed place on purpose, and undecided when that closed later', () => {
    const heading = { ordered_destination_id: 'new' };
    const overridden = transport('t', 'old', { ...heading, affected_since: at(0) });
    const order = redirect('r', 't', { ordered_at: at(10) });
    expect(only({ transports: [overridden], redirects: [order] })).toMatchObject({
      stage: 'ordered',
      fromId: 'old',
      toId: 'new',
    });
    const closedLater = transport('t', 'old', { ...heading, affected_since: at(20) });
    expect(only({ transports: [closedLater], redirects: [order] }).stage).toBe('undecided');
    const undone = { ...order, state: 'cancelled' as const };
    expect(only({ transports: [affected], redirects: [undone] }).stage).toBe('undecided');
  });

  it('is kept when somebody decided so after it became affected', () => {
    const kept = redirect('r', 't', {
      choice: 'keep',
      state: 'acknowledged',
      from_id: 'old',
      to_id: 'old',
    });
    expect(only({ transports: [affected], redirects: [kept] })).toMatchObject({
      stage: 'kept',
      toId: null,
    });
  });

  it('an earlier keep does not decide a later closure', () => {
    const early = redirect('r', 't', {
      choice: 'keep',
      state: 'acknowledged',
      ordered_at: at(-60),
    });
    expect(only({ transports: [affected], redirects: [early] }).stage).toBe('undecided');
  });

  it('is undecided again when the new destination closes too', () => {
    const again = transport('t', 'old', { ordered_destination_id: 'new', affected_since: at(30) });
    expect(only({ transports: [again], redirects: [redirect('r', 't')] })).toMatchObject({
      stage: 'undecided',
      fromId: 'new',
    });
  });

  it('a cancelled or superseded order decides nothing', () => {
    for (const state of ['cancelled', 'superseded'] as const) {
      expect(
        only({ transports: [affected], redirects: [redirect('r', 't', { state })] }).stage,
      ).toBe('undecided');
    }
  });

  it('of several decisions the last one standing counts', () => {
    const moving = transport('t', 'old', { ordered_destination_id: 'b' });
    const redirects = [
      redirect('r2', 't', { to_id: 'b', ordered_at: at(40) }),
      redirect('r1', 't', { to_id: 'a', ordered_at: at(20), state: 'acknowledged' }),
    ];
    expect(only({ transports: [moving], redirects }).toId).toBe('b');
  });
});

describe('the affected list', () => {
  it('nests vehicles under the site that declared, one group per site', () => {
    const found = groups({
      diversions: [
        diversion('d1', 'old'),
        diversion('d2', 'old', { declared_at: at(5) }),
        diversion('d3', 'far'),
      ],
      transports: [
        transport('a', 'old', { affected_since: at(0) }),
        transport('b', 'old', { affected_since: at(0) }),
      ],
    });
    expect(
      found.map((group) => [group.siteId, group.diversions.length, group.rows.length]),
    ).toEqual([
      ['old', 2, 2],
      ['far', 1, 0],
    ]);
  });

  it('keeps a redirected vehicle in the list after the diversion ended', () => {
    const found = groups({
      transports: [transport('t', 'new')],
      redirects: [redirect('r', 't', { state: 'acknowledged' })],
    });
    expect(found).toMatchObject([{ siteId: 'old', diversions: [] }]);
  });

  it('sorts by the time left to decide; unknown arrival counts as none; decided last', () => {
    const found = groups({
      transports: [
        transport('late', 'old', { affected_since: at(0), eta_at: at(1200) }),
        transport('soon', 'old', { affected_since: at(0), eta_at: at(400) }),
        transport('unknown', 'old', { affected_since: at(0), eta_at: null }),
        transport('done', 'old', { ordered_destination_id: 'new', eta_at: at(100) }),
      ],
      redirects: [redirect('r', 'done')],
    });
    expect(rowsInOrder(found).map((row) => row.id)).toEqual(['unknown', 'soon', 'late', 'done']);
    expect(rowsInOrder(found)[1]?.decideBy).toBe(NOON + (400 - NEAR) * 1000);
  });

  it('ended declarations are not listed', () => {
    expect(groups({ diversions: [diversion('d', 'old', { ended_at: at(1) })] })).toEqual([]);
  });

  it('knows the next row to decide, wrapping round', () => {
    const rows = rowsInOrder(
      groups({
        transports: ['a', 'b', 'c'].map((id, i) =>
          transport(id, 'old', { affected_since: at(0), eta_at: at(300 + i) }),
        ),
      }),
    );
    expect(nextUndecided(rows, 'a')).toBe('b');
    expect(nextUndecided(rows, 'c')).toBe('a');
    expect(nextUndecided(rows.slice(0, 1), 'a')).toBeNull();
  });
});

it('a crew is overdue only after the allowed time, and only while unanswered', () => {
  const moving = transport('t', 'old', { ordered_destination_id: 'new' });
  const row = only({ transports: [moving], redirects: [redirect('r', 't')] });
  expect(crewOverdue(row, NOON + 40_000, 30)).toBe(false);
  expect(crewOverdue(row, NOON + 40_001, 30)).toBe(true);
  const answered = only({
    transports: [transport('t', 'new')],
    redirects: [redirect('r', 't', { state: 'acknowledged' })],
  });
  expect(crewOverdue(answered, NOON + 90_000, 30)).toBe(false);
});

it('inbound counts a vehicle where its order leads', () => {
  const counts = inboundBySite(
    picture({
      transports: [transport('a', 'old', { ordered_destination_id: 'new' }), transport('b', 'new')],
    }).transports,
  );
  expect([...counts]).toEqual([['new', 2]]);
});
