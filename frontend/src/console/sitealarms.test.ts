import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n';
import { gate } from '../state/rows.fixture';
import { type Alarm, standingAlarms } from './alarms';
import { alarmText } from './alarmtext';
import {
  at,
  diversion,
  NOON,
  picture,
  presence,
  question,
  site,
  transport,
} from './picture.fixture';

const RULES = {
  crew_overdue_s: 30,
  silent_after_s: 30,
  alarm_closed_percent: 25,
  alarm_long_hours: 12,
};
const FEED = { freshness: 'live' as const, expired: false, lostAt: NOON, clockDead: false };

function alarms(rows: Parameters<typeof picture>[0], seconds = 0, rules = RULES): Alarm[] {
  return standingAlarms(picture(rows), [], NOON + seconds * 1000, rules, FEED);
}
const brief = (found: readonly Alarm[]) =>
  found.map((one) => [one.priority, one.kind, ...one.siteIds]);
const seen = { seen_at: at(1), seen_by: 'Dina' };
const shared = { incident: 'i', shared: { kind: 'supplier' as const, name: 'Labsoft' } };
const closed = (id: string, since: number | null = 0) =>
  site(id, {
    condition: 'diverted',
    gates: {
      ...site(id).gates,
      ambulances: {
        ...gate('closed' as const, `d-${id}`),
        since: since === null ? null : at(since),
      },
    },
  });

afterEach(() => setLanguage('fr'));

describe('a failure at several sites', () => {
  const three = ['a', 'b', 'c'].map((id) => diversion(`d-${id}`, id, shared));

  it('is one alarm that names them all', () => {
    expect(brief(alarms({ diversions: three }))).toEqual([[1, 'declaration', 'a', 'b', 'c']]);
    const [one] = alarms({ diversions: three });
    setLanguage('en');
    const sites = new Map(['a', 'b', 'c'].map((id) => [id, site(id)]));
    expect(one && alarmText(one, sites, NOON)).toBe(
      'Labsoft: 3 hospitals declare one failure (a, b, c): to be marked seen.',
    );
  });

  it('ends for all when all are seen, and is still one while some are not', () => {
    const some = three.map((one, i) => (i === 0 ? { ...one, ...seen } : one));
    expect(brief(alarms({ diversions: some }))).toEqual([[1, 'declaration', 'b', 'c']]);
    expect(alarms({ diversions: three.map((one) => ({ ...one, ...seen })) })).toEqual([]);
  });

  it('unconfirmed at several of them is one alarm too', () => {
    const late = three.map((one) => ({ ...one, ...seen, unconfirmed_since: at(5) }));
    expect(brief(alarms({ diversions: late }, 60))).toEqual([[2, 'attestation', 'a', 'b', 'c']]);
  });

  it('separate declarations stay separate alarms', () => {
    const two = [diversion('d1', 'a'), diversion('d2', 'b')];
    expect(alarms({ diversions: two })).toHaveLength(2);
  });
});

describe('what dispatch has to see', () => {
  const said = (one: ReturnType<typeof diversion>) => {
    setLanguage('en');
    const [found] = alarms({ diversions: [one] });
    return found && alarmText(found, new Map([['a', site('a')]]), NOON);
  };
  const nothing = { ambulances: null, smur_destination: null, smur_base: null, walk_ins: null };

  it('is called what it is: who only suspects closes nothing', () => {
    expect(said(diversion('d', 'a', { state: 'suspected', gates: nothing }))).toBe(
      'a suspects a failure and closes nothing: to be marked seen.',
    );
    expect(said(diversion('d', 'a', { gates: nothing }))).toBe(
      'a declares a failure and closes nothing: to be marked seen.',
    );
  });

  it('what reports contradict each other about is not said to be open', () => {
    const disputes = [{ gate: 'ambulances' as const, reports: [] }];
    expect(said(diversion('d', 'a', { gates: nothing, disputes }))).toBe(
      'a declares a diversion: to be marked seen.',
    );
  });

  it('calls again, under another name, once it is stricter than what was seen', () => {
    const [first] = alarms({ diversions: [diversion('d', 'a')] });
    const stricter = diversion('d', 'a', { news_at: at(9) });
    const [again] = alarms({ diversions: [stricter] });
    expect(again?.keys).not.toEqual(first?.keys);
    expect(again?.since).toBe(NOON + 9000);
    expect(said(stricter)).toBe('a tightens its declaration: to be marked seen.');
  });
});

it('unconfirmed is P2 from the moment the server says so, whatever this clock believes', () => {
  const late = diversion('d', 'a', { ...seen, unconfirmed_since: at(0), review_at: at(900) });
  expect(brief(alarms({ diversions: [late] }))).toEqual([[2, 'attestation', 'a']]);
});

it('a request to reopen stands as P3 until it is answered, and a new one is a new alarm', () => {
  const asked = (when: number) => ({
    extent: 'full' as const,
    checklist: {
      records: 'works',
      laboratory: 'works',
      radiology: 'works',
      admissions: 'works',
    } as const,
    changes: {},
    comment: '',
    asked_at: at(when),
    asked_by: 'Clara',
  });
  const asking = (when: number) => diversion('d', 'a', { ...seen, reopening: asked(when) });
  const [first] = alarms({ diversions: [asking(0)] }, 9_000 / 1000);
  const [second] = alarms({ diversions: [asking(5)] });
  expect(first).toMatchObject({ priority: 3, kind: 'reopening_asked', siteId: 'a' });
  expect(second?.id).not.toBe(first?.id);
  expect(alarms({ diversions: [diversion('d', 'a', seen)] })).toEqual([]);
});

describe('contact lost', () => {
  const networked = (id: string, network: string | null) => site(id, { network });

  it('is P3 and says for how long nothing was heard, its last beat counted', () => {
    const [one] = alarms({ sites: [site('a')], presences: [presence('a', 'silent')] }, 10);
    expect(one).toMatchObject({ priority: 3, kind: 'no_contact', siteIds: ['a'] });
    setLanguage('en');
    expect(one && alarmText(one, new Map([['a', site('a')]]), NOON + 10_000)).toBe(
      'No contact with a for 40 s: call.',
    );
  });

  it('is no alarm where nobody was ever heard, nor where a screen is only muted', () => {
    const presences = [presence('a', 'never'), presence('b', 'muted'), presence('c', 'live')];
    expect(alarms({ sites: ['a', 'b', 'c'].map((id) => site(id)), presences })).toEqual([]);
  });

  it('is P2 with a suspected or limited episode, P1 with patients on their way to a suspected one', () => {
    const presences = [presence('a', 'silent')];
    const limited = site('a', { condition: 'limited' });
    const suspected = diversion('d', 'a', { ...seen, state: 'suspected' });
    expect(brief(alarms({ sites: [limited], presences }))).toEqual([[2, 'no_contact', 'a']]);
    const alone = { sites: [site('a')], presences, diversions: [suspected] };
    expect(brief(alarms(alone))).toEqual([[2, 'no_contact', 'a']]);
    expect(brief(alarms({ ...alone, transports: [transport('t', 'a')] }))).toEqual([
      [1, 'no_contact', 'a'],
    ]);
    // Bound there by the register, but ordered elsewhere: nobody is on the way.
    const gone = [transport('t', 'a', { ordered_destination_id: 'b' })];
    expect(brief(alarms({ ...alone, transports: gone }))).toEqual([[2, 'no_contact', 'a']]);
  });

  it('of two sites of one network within two minutes is one alarm; later, or elsewhere, another', () => {
    const sites = [networked('a', 'N'), networked('b', 'N'), networked('c', 'M')];
    const lost = (seconds: number) => [
      presence('a', 'silent'),
      presence('b', 'silent', { since: at(seconds) }),
      presence('c', 'silent'),
    ];
    expect(brief(alarms({ sites, presences: lost(120) }, 200)).sort()).toEqual([
      [3, 'no_contact', 'a', 'b'],
      [3, 'no_contact', 'c'],
    ]);
    expect(alarms({ sites, presences: lost(121) }, 200)).toHaveLength(3);
  });

  it('of the campuses of one hospital without a network is one alarm', () => {
    const hospital = { id: 'h', name: { fr: 'h', nl: 'h' } };
    const sites = ['a', 'b'].map((id) => site(id, { hospital }));
    const presences = ['a', 'b'].map((id) => presence(id, 'silent'));
    expect(brief(alarms({ sites, presences }))).toEqual([[3, 'no_contact', 'a', 'b']]);
  });
});

describe('warnings of the region', () => {
  const open = (n: number) => Array.from({ length: n }, (_, i) => site(`o${i}`));

  it('when its share of closed departments is reached, once for as long as it lasts', () => {
    expect(alarms({ sites: [closed('a'), ...open(4)] })).toEqual([]);
    const quarter = alarms({ sites: [closed('a'), ...open(3)] });
    const half = alarms({ sites: [closed('a'), closed('b'), ...open(2)] });
    expect(quarter).toMatchObject([{ priority: 2, kind: 'closed_share', n: 1, all: 4 }]);
    expect(half.map((one) => one.id)).toEqual(quarter.map((one) => one.id));
  });

  it('counts only departments that receive everybody', () => {
    const children = site('k', { destination: 'paediatric_only' });
    expect(
      alarms({
        sites: [closed('a'), ...open(3), children, site('m', { destination: 'specialty_only' })],
      }),
    ).toHaveLength(1);
  });

  it('when one has been closed for too long; zero switches either off', () => {
    const rows = { sites: [closed('a'), ...open(9)] };
    const hours = 12 * 3600;
    expect(alarms(rows, hours - 1)).toEqual([]);
    expect(brief(alarms(rows, hours))).toEqual([[2, 'closed_long', 'a']]);
    const off = { ...RULES, alarm_long_hours: 0, alarm_closed_percent: 0 };
    expect(alarms({ sites: [closed('a')] }, hours, off)).toEqual([]);
  });

  it('of the sites of one failure closed for too long is one', () => {
    const diversions = ['a', 'b'].map((id) =>
      diversion(`d-${id}`, id, { ...shared, ...seen, review_at: at(90_000) }),
    );
    const rows = { sites: [closed('a'), closed('b'), ...open(9)], diversions };
    expect(brief(alarms(rows, 12 * 3600))).toEqual([[2, 'closed_long', 'a', 'b']]);
  });
});

it('an overdue question is P2 and names who has not answered', () => {
  const answers = { b: { answer: 'normal' as const, comment: '', by: 'Ruth', at: at(3) } };
  const asked = question('q', ['a', 'b', 'c'], { answers });
  expect(alarms({ questions: [asked] })).toEqual([]);
  const late = { ...asked, overdue_at: at(900) };
  expect(brief(alarms({ questions: [late] }))).toEqual([[2, 'question_overdue', 'a', 'c']]);
  const all = { ...late, sites: ['b'] };
  expect(alarms({ questions: [all] })).toEqual([]);
});

it('a quarantine is P3', () => {
  const shut = site('a', { quarantined_at: at(0), quarantined_by: 'Sofie' });
  expect(brief(alarms({ sites: [shut] }))).toEqual([[3, 'quarantine', 'a']]);
});
