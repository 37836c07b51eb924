// What the department hears in words, besides the alarm and never instead of it: off until somebody
// switches it on here, said once, in the screen's language, and honest where the browser has no voice.
import type { Language, Notice } from '../api/wire';
import { t, word } from '../i18n';
import { inExercise } from '../ui/exercise';
import { arrival, due } from './queue';

const PLACE = 'screen-speech';
/** The motif of a new notice comes first; words over it would be lost (ms). */
export const AFTER_THE_MOTIF_MS = 3_000;

export type SpeechState = 'off' | 'on' | 'no_voice' | 'unsupported';
type Voice = Pick<SpeechSynthesisVoice, 'lang' | 'localService'>;

/** A voice of the very language; one that needs no network before one that does. */
export function voiceFor<V extends Voice>(language: Language, voices: readonly V[]): V | null {
  const fit = voices.filter((one) => one.lang.toLowerCase().slice(0, 2) === language);
  return fit.find((one) => one.localService) ?? fit[0] ?? null;
}

/** One patient in a sentence; several at once counted, the first to arrive named: none is left out. */
export function spoken(fresh: readonly Notice[], now: number): string {
  const [first] = [...fresh].sort((a, b) => arrival(a) - arrival(b));
  if (!first) return '';
  const begin = inExercise() ? `${t('common:exercise')}. ` : '';
  const when = inWords(first, now);
  if (fresh.length === 1) return begin + sentence(first, when);
  const vital = fresh.filter((one) => one.urgency === 'vital').length;
  const among = vital > 0 ? t('screen:speech.among', { n: vital }) : '';
  return begin + t('screen:speech.several', { n: fresh.length, among, when });
}

function sentence(notice: Notice, when: string): string {
  const what = t(
    notice.redirected_from_id ? 'screen:speech.redirected' : 'screen:speech.announced',
  );
  const urgency = word('common:urgency', notice.urgency).toLocaleLowerCase();
  const physician = notice.physician_on_board ? t('common:physician_on_board') : '';
  return `${[what, urgency, physician, when].filter(Boolean).join(', ')}.`;
}

function inWords(notice: Notice, now: number): string {
  const left = due(notice.eta_at, now);
  if (left.kind === 'in') return t('screen:spoken.in', { count: left.minutes });
  return left.kind === 'due' ? t('screen:card.due') : t('screen:card.eta_unknown');
}

export class Speech {
  on = $state(kept());
  #voices = $state.raw<readonly SpeechSynthesisVoice[]>([]);
  #said: ReadonlySet<string> = new Set();
  #waiting: Notice[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  start(): void {
    this.#look();
    // Chromium has its voices only a moment after it was asked for them.
    window.speechSynthesis?.addEventListener('voiceschanged', this.#look);
  }

  stop(): void {
    window.speechSynthesis?.removeEventListener('voiceschanged', this.#look);
    this.#hold();
  }

  state(language: Language): SpeechState {
    if (!this.on) return 'off';
    if (!('speechSynthesis' in window)) return 'unsupported';
    return voiceFor(language, this.#voices) ? 'on' : 'no_voice';
  }

  /** Switched by a press; what is waiting is then said once, so that one hears what it is like. */
  toggle(asking: readonly Notice[], language: Language, now: () => number): void {
    this.on = !this.on;
    keep(this.on);
    if (!this.on) this.#hold();
    else if (asking.length === 0) this.#say(t('screen:speech.switched_on'), language);
    else this.#say(spoken(asking, now()), language);
  }

  /** What is new among those who need an answer is said after the motif, all of it together. */
  take(asking: readonly Notice[], language: Language, now: () => number): void {
    const fresh = asking.filter((one) => !this.#said.has(one.id));
    this.#said = new Set(asking.map((one) => one.id));
    if (!this.on || fresh.length === 0) return;
    this.#waiting.push(...fresh);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const still = this.#waiting.filter((one) => this.#said.has(one.id));
      this.#waiting = [];
      if (still.length > 0) this.#say(spoken(still, now()), language);
    }, AFTER_THE_MOTIF_MS);
  }

  #say(text: string, language: Language): void {
    const voice = voiceFor(language, this.#voices);
    if (!voice) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    window.speechSynthesis.speak(words);
  }

  #hold(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
    window.speechSynthesis?.cancel();
  }

  readonly #look = (): void => {
    this.#voices = window.speechSynthesis?.getVoices() ?? [];
  };
}

function kept(): boolean {
  try {
    return localStorage.getItem(PLACE) === 'on';
  } catch {
    return false;
  }
}

function keep(on: boolean): void {
  try {
    localStorage.setItem(PLACE, on ? 'on' : 'off');
  } catch {
    // The choice then lasts until the page closes.
  }
}
