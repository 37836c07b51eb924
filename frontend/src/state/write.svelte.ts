// One Write is one action of one person: Sending → Recorded #seq, or NOT SENT, or refused with the
// server's reason; it never looks done before its receipt.
import { NotSent, newKey, Problem } from '../api/commands';
import type { Answer } from '../api/wire';
import { unproven } from './proof.svelte';

export type WriteState = 'idle' | 'sending' | 'recorded' | 'not_sent' | 'refused';

export class Write<T = Answer> {
  state = $state<WriteState>('idle');
  answer = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  #key = newKey();
  #work: ((key: string) => Promise<T>) | null = null;
  #running: Promise<T | null> = Promise.resolve(null);

  get busy(): boolean {
    return this.state === 'sending';
  }

  /** Busy, but nothing is on its way: the server wants to know first who is there. */
  get waitsForProof(): boolean {
    return this.busy && unproven.has(this.#key);
  }

  get seq(): number | null {
    const answer = this.answer as { seq?: unknown } | null;
    return typeof answer?.seq === 'number' ? answer.seq : null;
  }

  /** A new action: a new key. Resolves to the receipt, or null when there is none to show. */
  run(work: (key: string) => Promise<T>): Promise<T | null> {
    // The one under way keeps its key and its work: a retry must repeat that one, not this press.
    if (this.busy) return Promise.resolve(null);
    this.#key = newKey();
    this.#work = work;
    return this.#attempt();
  }

  /**
   * What follows on the action under way: sent once that one is recorded, and not at all if it was
   * not. The feed may tell of a change before its receipt is here, and people press on what they see.
   */
  async next(work: (key: string) => Promise<T>): Promise<T | null> {
    if (this.busy && (await this.#running) === null) return null;
    return this.run(work);
  }

  /** The same action again, under the same key: it cannot happen twice. */
  retry(): Promise<T | null> {
    return this.#attempt();
  }

  reset(): void {
    this.state = 'idle';
    this.answer = null;
    this.problem = null;
  }

  #attempt(): Promise<T | null> {
    if (!this.#work || this.busy) return Promise.resolve(null);
    this.reset();
    this.state = 'sending';
    this.#running = this.#send(this.#work);
    return this.#running;
  }

  async #send(work: (key: string) => Promise<T>): Promise<T | null> {
    try {
      this.answer = await work(this.#key);
      this.state = 'recorded';
      return this.answer;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  #failed(error: unknown): void {
    if (error instanceof Problem) {
      this.problem = error;
      this.state = 'refused';
      return;
    }
    this.state = 'not_sent';
    if (!(error instanceof NotSent)) throw error;
  }
}
