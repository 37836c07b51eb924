// One thing a person wants recorded, from the press to the receipt. It is NOT SENT until a receipt
// says otherwise, is repeated under the same key, and survives the page and the browser. Past its limit
// it is never sent by itself: first the server is asked whether it has it, then the person.
import { NotSent, newKey, Problem } from '../api/commands';
import type { Answer } from '../api/wire';
import { keepUnsent, SENDS_ITSELF_FOR_MS, unsentOf } from '../offline/unsent';
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
  return mayRepeat(begunAt, now + RETRY_EVERY_MS) ? RETRY_EVERY_MS : null;
}

/** A press from the future means that the clock was changed: how old it is nobody knows. */
function mayRepeat(begunAt: number, at: number): boolean {
  return at >= begunAt && at - begunAt <= SENDS_ITSELF_FOR_MS;
}

export class Attempt {
  readonly #world: World;
  readonly #place: string;
  readonly #person: string;
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
  constructor(world: World, siteId: string, person: string, onrecorded: (answer: Answer) => void) {
    this.#world = world;
    this.#person = person;
    this.#onrecorded = onrecorded;
    this.#place = `unsent:${siteId}`;
  }

  /** An action that was still without a receipt when the page closed is NOT SENT. */
  restore(): void {
    const kept = unsentOf<Work>(this.#place, this.#person);
    if (!kept) return;
    this.work = kept;
    this.phase = 'not_sent';
    this.#schedule(kept);
    if (this.retryAt === null) void this.#lookForReceipt(kept);
  }

  /** The network says it is back: no reason to sit out the pause. */
  hurry(): void {
    if (this.phase === 'not_sent' && this.retryAt !== null) void this.#try();
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

  /** Too old to be sent again unasked: but if it did arrive then, nobody is to be asked at all. */
  async #lookForReceipt(work: Work): Promise<void> {
    try {
      const answer = await this.#world.receipt(work.key);
      if (answer && this.phase === 'not_sent') this.#settle(work, answer);
    } catch (error) {
      if (!(error instanceof NotSent || error instanceof Problem)) throw error;
    }
  }

  #keep(work: Work | null): void {
    keepUnsent(this.#place, work && { by: this.#person, work });
  }
}
