// One thing a person wants recorded, from the press to the receipt. It is NOT SENT until a receipt
// says otherwise, is repeated under the same key, and survives a reload of the page.
import { NotSent, newKey, Problem, RETRY_WINDOW_MS } from '../api/commands';
import type { Answer } from '../api/wire';
import type { World } from '../state/world.svelte';

/** Pause between two attempts; a person can always try at once. */
export const RETRY_EVERY_MS = 5_000;

export type Purpose = 'declare' | 'amend' | 'attest' | 'reopen' | 'withdraw';
export type Work = {
  purpose: Purpose;
  path: string;
  body: unknown;
  key: string;
  begunAt: number;
};
export type Phase = 'idle' | 'sending' | 'not_sent' | 'refused' | 'recorded';

/** How long until the next attempt, or null when a person must be asked first. */
export function retryIn(begunAt: number, now: number): number | null {
  return now - begunAt + RETRY_EVERY_MS <= RETRY_WINDOW_MS ? RETRY_EVERY_MS : null;
}

export class Attempt {
  readonly #world: World;
  readonly #place: string;
  readonly #onrecorded: (answer: Answer) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  work = $state.raw<Work | null>(null);
  phase = $state<Phase>('idle');
  problem = $state.raw<Problem | null>(null);
  answer = $state.raw<Answer | null>(null);
  attempts = $state(0);
  /** in this device's time; null while nothing is scheduled */
  retryAt = $state<number | null>(null);

  /** `onrecorded` hears of every receipt, whether a press or a repetition brought it. */
  constructor(world: World, siteId: string, onrecorded: (answer: Answer) => void) {
    this.#world = world;
    this.#onrecorded = onrecorded;
    this.#place = `unsent:${siteId}`;
  }

  /** An action that was still without a receipt when the page closed is NOT SENT, and asks. */
  restore(): void {
    const kept = this.#kept();
    if (!kept) return;
    this.work = kept;
    this.phase = 'not_sent';
  }

  begin(purpose: Purpose, path: string, body: unknown): Promise<void> {
    this.work = { purpose, path, body, key: newKey(), begunAt: Date.now() };
    this.answer = null;
    this.attempts = 0;
    return this.#try();
  }

  /** A person pressed: the window for repeating starts anew, the key stays. */
  retry(): Promise<void> {
    if (!this.work) return Promise.resolve();
    this.work = { ...this.work, begunAt: Date.now() };
    return this.#try();
  }

  /** The person gives up; what the server may have recorded meanwhile arrives through the feed. */
  dismiss(): void {
    this.#stopWaiting();
    this.work = null;
    this.answer = null;
    this.problem = null;
    this.phase = 'idle';
    this.#keep(null);
  }

  async #try(): Promise<void> {
    const work = this.work;
    if (!work || this.phase === 'sending') return;
    this.#stopWaiting();
    this.phase = 'sending';
    this.problem = null;
    this.attempts += 1;
    this.#keep(work);
    try {
      this.#settle(work, await this.#world.send(work.path, work.body, { key: work.key }));
    } catch (error) {
      this.#failed(work, error);
    }
  }

  #settle(work: Work, answer: Answer): void {
    if (this.work?.key !== work.key) return;
    this.answer = answer;
    this.phase = 'recorded';
    this.#keep(null);
    this.#onrecorded(answer);
  }

  #failed(work: Work, error: unknown): void {
    if (this.work?.key !== work.key) return;
    if (error instanceof Problem && error.status < 500 && error.status !== 401) {
      this.problem = error;
      this.phase = 'refused';
      this.#keep(null);
      return;
    }
    if (!(error instanceof NotSent || error instanceof Problem)) throw error;
    this.problem = error instanceof Problem ? error : null;
    this.phase = 'not_sent';
    // Somebody logged out must log in first: repeating would only be refused again.
    if (this.problem?.status !== 401) this.#schedule(work);
  }

  #schedule(work: Work): void {
    const pause = retryIn(work.begunAt, Date.now());
    if (pause === null) return;
    this.retryAt = Date.now() + pause;
    this.#timer = setTimeout(() => void this.#try(), pause);
  }

  #stopWaiting(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.retryAt = null;
  }

  #keep(work: Work | null): void {
    try {
      if (work) sessionStorage.setItem(this.#place, JSON.stringify(work));
      else sessionStorage.removeItem(this.#place);
    } catch {
      // Without storage the action lives only as long as the page; it still says NOT SENT.
    }
  }

  #kept(): Work | null {
    try {
      const text = sessionStorage.getItem(this.#place);
      return text ? (JSON.parse(text) as Work) : null;
    } catch {
      return null;
    }
  }
}
