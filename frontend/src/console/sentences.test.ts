import { afterEach, describe, expect, it } from 'vitest';
import type { FeedEvent, LogEntry } from '../api/wire';
import { setLanguage } from '../i18n';
import { at, site, vehicle } from './picture.fixture';
import { actorOf, sentence } from './sentences';

const KINDS = [
  'policy.changed',
  'exercise.opened',
  'exercise.closed',
  'picture.retold',
  'log.restored',
  'site.quarantined',
  'site.released',
  'diversion.attested',
  'diversion.confirmed',
  'diversion.unconfirmed',
  'diversion.reopening_asked',
  'diversion.reopening_declined',
  'diversion.suspended',
  'diversion.resumed',
  'question.asked',
  'question.answered',
  'question.overdue',
  'question.closed',
] as const satisfies readonly FeedEvent['kind'][];

const names = {
  sites: new Map([
    ['a', site('a', { short: { fr: 'Hôpital A', nl: 'Ziekenhuis A' } })],
    ['b', site('b')],
  ]),
  vehicles: new Map([['v', vehicle('v')]]),
};

const entry = (kind: string, fact: LogEntry['fact']) => ({
  seq: 1,
  id: 'e',
  kind,
  at: at(0),
  said_at: at(0),
  actor: { kind: 'user' as const, name: 'Camille', role: 'dispatcher' },
  fact,
});

afterEach(() => setLanguage('fr'));

describe('the log', () => {
  it('speaks the language of the reader, with names in it', () => {
    const event = entry('redirect.ordered', { call_sign: 'AMB 7', from: 'a', to: 'b' });
    setLanguage('nl');
    expect(sentence(event, names)).toBe('AMB 7: bevel tot omleiding van Ziekenhuis A naar b');
    setLanguage('en');
    expect(sentence(event, names)).toBe('AMB 7: ordered from Hôpital A to b');
  });

  it('quotes the reason as it was said', () => {
    setLanguage('en');
    expect(
      sentence(
        entry('redirect.kept', { call_sign: 'X', to: 'b', reason: 'décision médicale' }),
        names,
      ),
    ).toBe('X: destination b kept — “décision médicale”');
  });

  it('tells gates and the number of affected vehicles', () => {
    setLanguage('en');
    const fact = {
      site: 'b',
      cause: 'it_outage',
      gates: { ambulances: 'closed', walk_ins: null },
      affected: ['X', 'Y'],
    };
    expect(sentence(entry('diversion.declared', fact), names)).toBe(
      'b declares: IT failure; Ambulances: closed; vehicles affected: 2',
    );
  });

  it('tells to when the database was restored, and what is known to be lost', () => {
    setLanguage('en');
    const fact = { region: 'brussels', until: '2026-01-15T13:32:07.000Z', after: 412 };
    expect(sentence(entry('log.restored', fact), names)).toMatch(
      /^Database restored to .*14:32:07: what was recorded after that is gone\./,
    );
    expect(sentence(entry('log.restored', { ...fact, lost_to: 430 }), names)).toMatch(
      /^Lost in the restore to .*14:32:07: entries 413 to 430\./,
    );
  });

  it('says so when a declaration names no gate', () => {
    setLanguage('en');
    const fact = { site: 'b', cause: 'unknown', gates: { ambulances: null }, affected: [] };
    expect(sentence(entry('diversion.declared', fact), names)).toBe(
      'b declares: cause unknown; no restriction named; vehicles affected: 0',
    );
  });

  it('tells who called, and what a reopening was answered with', () => {
    setLanguage('en');
    const attested = entry('diversion.attested', { site: 'b', called_by: 'head nurse' });
    expect(sentence(attested, names)).toBe('b: still so (called in by head nurse)');
    const lifted = { site: 'b', reopening: { extent: 'full' } };
    expect(sentence(entry('diversion.lifted', lifted), names)).toBe(
      'b: reopening acknowledged, diversion over',
    );
    expect(
      sentence(entry('diversion.lifted', { site: 'b', reason: 'overload_limit' }), names),
    ).toBe('b: overload diversion over, its time was up');
  });

  it('names the rules that changed and the hospitals that did not answer', () => {
    setLanguage('en');
    const changed = { changed: { undo_s: [30, 60], review_minutes_power: [0, 30] } };
    expect(sentence(entry('policy.changed', changed), names)).toBe(
      'Rules of the region changed: Undo a declaration within 30 → 60, Confirm again: power failure 0 → 30',
    );
    expect(sentence(entry('question.overdue', { missing: ['a', 'b'] }), names)).toBe(
      'Question: no answer in time from Hôpital A, b',
    );
  });

  it.each(['fr', 'nl', 'en'] as const)(
    'has a sentence in %s for all that can happen',
    (language) => {
      setLanguage(language);
      for (const kind of KINDS) expect(sentence(entry(kind, {}), names)).not.toBe(kind);
    },
  );

  it('shows what it cannot name as its code', () => {
    setLanguage('en');
    expect(sentence(entry('balloon.launched', {}), names)).toBe('balloon.launched');
    expect(sentence(entry('diversion.seen', { site: 'gone' }), names)).toBe(
      'Diversion of gone seen by the centre',
    );
  });

  it('names the actor with the role, and the clock as such', () => {
    setLanguage('en');
    expect(actorOf(entry('x', {}))).toBe('Camille (112 operator)');
    expect(
      actorOf({ ...entry('x', {}), actor: { kind: 'clock', name: 'clock', role: null } }),
    ).toBe('clock');
  });
});
