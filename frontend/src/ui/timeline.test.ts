import { beforeAll, describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n';
import { type Changed, type TimelineEntry, timeline } from './timeline';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const REGION = {
  capabilities: [
    { code: 'births', name: { fr: 'accouchements', nl: 'bevallingen', en: 'births' } },
  ],
};

function entry(more: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    seq: 1,
    at: '2026-10-03T11:00:00.000Z',
    said_at: '2026-10-03T11:00:00.000Z',
    kind: 'diversion.amended',
    by: { kind: 'user', name: 'Clara', role: 'coordinator' },
    changed: [],
    words: null,
    ...more,
  };
}

function lineOf(changed: Partial<Changed>) {
  const told = timeline(
    [entry({ changed: [{ what: 'gate', name: null, before: null, after: null, ...changed }] })],
    REGION,
    NOW,
  );
  return told[0]?.lines[0];
}

beforeAll(() => setLanguage('en'));

describe('a timeline', () => {
  it('puts the newest first and names who said it with the role', () => {
    const told = timeline([entry(), entry({ seq: 2, kind: 'diversion.lifted' })], REGION, NOW);
    expect(told.map((one) => one.seq)).toEqual([2, 1]);
    expect(told[1]?.by).toBe('Clara (hospital coordinator)');
  });

  it('says a gate with the shape it wears everywhere, and what it was', () => {
    expect(lineOf({ name: 'ambulances', before: 'closed', after: 'life_threatening' })).toEqual({
      label: 'Ambulances',
      before: 'closed',
      after: 'life-threatening only',
      glyph: { tone: 'limited', word: 'common:gate_value.life_threatening' },
    });
  });

  it('reads the level of a service whether it comes alone or with its note', () => {
    expect(lineOf({ what: 'service', name: 'records', after: 'down' })?.after).toBe('down');
    const whole = { level: 'manual', note: 'on paper' };
    expect(lineOf({ what: 'service', name: 'records', after: whole })?.after).toBe(
      'manual procedure',
    );
  });

  it('names capabilities, one or many, and says which are no longer so', () => {
    expect(lineOf({ what: 'accepts', name: 'births', after: true })?.label).toContain('births');
    expect(lineOf({ what: 'accepts', name: 'births', before: true })?.after).toBe('no longer');
    expect(lineOf({ what: 'capability', before: [], after: ['births'] })).toMatchObject({
      before: 'none',
      after: 'births',
    });
  });

  it('tells a partial resumption that 112 agreed to from an amendment', () => {
    const changed = [
      { what: 'reopening', name: null, before: 'partial', after: null },
      { what: 'gate', name: 'ambulances', before: 'closed', after: 'open' },
    ];
    expect(timeline([entry({ changed })], REGION, NOW)[0]?.title).toBe('timeline:event.agreed');
    expect(timeline([entry()], REGION, NOW)[0]?.title).toBe('timeline:event.amended');
  });

  it('tells when it was said apart from when it was recorded, if they differ by a minute', () => {
    const late = { at: '2026-10-03T11:05:00.000Z' };
    expect(timeline([entry(late)], REGION, NOW)[0]?.saidAt).toBe('2026-10-03T11:00:00.000Z');
    expect(timeline([entry()], REGION, NOW)[0]?.saidAt).toBeNull();
  });

  it('never shows a code it does not know: an unknown kind is recorded, an unknown change left out', () => {
    const told = timeline(
      [
        entry({
          kind: 'diversion.sung',
          changed: [{ what: 'colour', name: 'x', before: null, after: 'y' }],
        }),
      ],
      REGION,
      NOW,
    )[0];
    expect(told?.title).toBe('timeline:event.other');
    expect(told?.lines).toEqual([]);
  });
});
