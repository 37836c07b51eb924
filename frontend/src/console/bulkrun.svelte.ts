// Many orders travel in small parcels, each under its own key: rows turn to ✓ as their parcel is
// recorded, a parcel without receipt stops the rest, and going on repeats it under the same key.
import { NotSent, newKey, Problem } from '../api/commands';
import type { BulkAnswer } from '../api/wire';
import { type Item, type Outcome, outcomes } from './bulk';

/** Small enough for a receipt within five seconds on a busy server. */
export const PARCEL = 6;

type Parcel = { readonly key: string; readonly items: readonly Item[] };
type Send = (items: readonly Item[], key: string) => Promise<BulkAnswer>;

export class BulkRun {
  state = $state<'idle' | 'sending' | 'not_sent' | 'finished'>('idle');
  done = $state.raw<ReadonlyMap<string, Outcome>>(new Map());
  readonly #send: Send;
  #waiting: Parcel[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  get busy(): boolean {
    return this.state === 'sending';
  }

  start(items: readonly Item[]): Promise<void> {
    this.#waiting = parcels(items);
    return this.goOn();
  }

  /** After NOT SENT: the same parcel under the same key, then the rest. */
  async goOn(): Promise<void> {
    if (this.busy) return;
    this.state = 'sending';
    for (;;) {
      const [parcel] = this.#waiting;
      if (!parcel) break;
      if (!(await this.#deliver(parcel))) {
        this.state = 'not_sent';
        return;
      }
      this.#waiting.shift();
    }
    this.state = 'finished';
  }

  async #deliver(parcel: Parcel): Promise<boolean> {
    try {
      this.#note(outcomes(await this.#send(parcel.items, parcel.key)));
      return true;
    } catch (error) {
      if (error instanceof NotSent) return false;
      if (!(error instanceof Problem)) throw error;
      // The whole parcel was refused: each of its rows says so.
      const refused: Outcome = { ok: false, problem: { code: error.code } };
      this.#note(new Map(parcel.items.map((item) => [item.transport, refused])));
      return true;
    }
  }

  #note(more: ReadonlyMap<string, Outcome>): void {
    this.done = new Map([...this.done, ...more]);
  }
}

export function parcels(items: readonly Item[]): Parcel[] {
  const found: Parcel[] = [];
  for (let from = 0; from < items.length; from += PARCEL) {
    found.push({ key: newKey(), items: items.slice(from, from + PARCEL) });
  }
  return found;
}
