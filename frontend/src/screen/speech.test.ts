import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setLanguage } from '../i18n';
import { notice } from './notice.fixture';
import { AFTER_THE_MOTIF_MS, Speech, spoken, voiceFor } from './speech.svelte';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const clock = () => NOW;

let said: string[];
let voices: { lang: string; localService: boolean }[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  localStorage.clear();
  setLanguage('fr');
  said = [];
  voices = [{ lang: 'fr-FR', localService: true }];
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    speak: (words: { text: string }) => said.push(words.text),
    cancel: () => undefined,
  });
  vi.stubGlobal('speechSynthesis', synthesis);
  vi.stubGlobal(
    'SpeechSynthesisUtterance',
    class {
      text: string;
      constructor(text: string) {
        this.text = text;
      }
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function speech(): Speech {
  const one = new Speech();
  one.start();
  return one;
}

it('one patient is a sentence in the language of the screen', () => {
  const one = notice({ urgency: 'vital', redirected_from_id: 's', eta_at: at(471) });
  expect(spoken([one], NOW)).toBe('Patient redirigé, vital, dans 8 minutes.');
  setLanguage('nl');
  expect(spoken([one], NOW)).toBe('Doorverwezen patiënt, vitaal, over 8 minuten.');
});

it('several at once are all counted, with the first to arrive', () => {
  const many = [
    notice({ id: 'a', eta_at: at(900), urgency: 'urgent' }),
    notice({ id: 'b', eta_at: at(230), urgency: 'vital' }),
    notice({ id: 'c', eta_at: null, urgency: 'urgent' }),
  ];
  expect(spoken(many, NOW)).toBe('3 patients annoncés, dont 1 vital. Le premier dans 4 minutes.');
});

it('is off until somebody switches it on', async () => {
  const one = speech();
  one.take([notice({ id: 'a' })], 'fr', clock);
  await vi.advanceTimersByTimeAsync(AFTER_THE_MOTIF_MS);
  expect(one.state('fr')).toBe('off');
  expect(said).toEqual([]);
});

it('says what is new after the motif, together and once', async () => {
  const one = speech();
  one.toggle([], 'fr', clock);
  said = [];
  one.take([notice({ id: 'a' })], 'fr', clock);
  one.take([notice({ id: 'a' }), notice({ id: 'b' })], 'fr', clock);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(AFTER_THE_MOTIF_MS);
  one.take([notice({ id: 'a' }), notice({ id: 'b' })], 'fr', clock);
  await vi.advanceTimersByTimeAsync(AFTER_THE_MOTIF_MS);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^2 patients/);
});

it('who was answered meanwhile is not spoken of', async () => {
  const one = speech();
  one.toggle([], 'fr', clock);
  said = [];
  one.take([notice({ id: 'a' })], 'fr', clock);
  one.take([], 'fr', clock);
  await vi.advanceTimersByTimeAsync(AFTER_THE_MOTIF_MS);
  expect(said).toEqual([]);
});

it('a browser without a voice for the language says so instead of speaking another one', () => {
  const one = speech();
  one.toggle([], 'nl', clock);
  expect(one.state('nl')).toBe('no_voice');
  expect(one.state('fr')).toBe('on');
  expect(said).toEqual([]);
});

it('a voice that needs no network goes first', () => {
  const far = { lang: 'nl-NL', localService: false };
  const here = { lang: 'nl-BE', localService: true };
  expect(voiceFor('nl', [far, here])).toBe(here);
  expect(voiceFor('nl', [far])).toBe(far);
  expect(voiceFor('en', [far, here])).toBeNull();
});

it('each device remembers its own choice', () => {
  speech().toggle([], 'fr', clock);
  expect(new Speech().on).toBe(true);
});
