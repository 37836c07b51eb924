import { beforeAll, describe, expect, it } from 'vitest';
import type { Changed, TimelineEntry } from '../api/wire';
import { setLanguage } from '../i18n';
import { timeline } from './timeline';

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

  it('leaves out a gate that a declaration leaves open', () => {
    expect(lineOf({ name: 'walk_ins', after: 'open' })).toBeUndefined();
    expect(lineOf({ name: 'walk_ins', before: 'closed', after: 'open' })?.after).toBe('open');
  });

  it('names services with their levels, and capabilities, and says which are no longer so', () => {
    expect(lineOf({ what: 'service', name: 'records', after: 'manual' })?.after).toBe(
      'manual procedure',
    );
    expect(lineOf({ what: 'accepts', name: 'births', after: 'accepted' })?.label).toContain(
      'births',
    );
    expect(lineOf({ what: 'accepts', name: 'births', before: 'accepted' })?.after).toBe(
      'no longer',
    );
  });

  it('says yes and no in words', () => {
    expect(lineOf({ what: 'plan', after: 'yes' })?.after).toBe('yes');
    expect(lineOf({ what: 'embargo', before: 'yes', after: 'no' })?.after).toBe('no');
  });

  it('tells a partial resumption that 112 agreed to from an amendment', () => {
    const changed: Changed[] = [
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
          kind: 'diversion.sung' as never,
          changed: [{ what: 'colour' as never, name: 'x', before: null, after: 'y' }],
        }),
      ],
      REGION,
      NOW,
    )[0];
    expect(told?.title).toBe('timeline:event.other');
    expect(told?.lines).toEqual([]);
  });
});
