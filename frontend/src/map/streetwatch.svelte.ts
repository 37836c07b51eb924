// Invariant: the streets shown are those the server has in use, at most five minutes late, or none.
import { type Streets, streetsInUse } from './streets';

/** A map is built anew a few times a year; a desk is open all shift. */
const AGAIN_MS = 5 * 60_000;

export class StreetWatch {
  current = $state.raw<Streets | null>(null);
  readonly #timer: ReturnType<typeof setInterval>;
  #lost: string | null = null;
  readonly #ask: () => Promise<Streets | null>;

  constructor(ask: () => Promise<Streets | null> = streetsInUse) {
    this.#ask = ask;
    this.#timer = setInterval(() => void this.look(), AGAIN_MS);
    void this.look();
  }

  async look(): Promise<void> {
    try {
      const told = await this.#ask();
      // One whose tiles could not be had is not tried again until another is in use.
      this.current = told && told.id !== this.#lost ? told : null;
    } catch (error) {
      // Not reached: what is on the screen stays, and is asked for again.
      console.info('which map is in use is not known', error);
    }
  }

  /** Its tiles cannot be had: the schematic alone is shown, and said to be that. */
  lose(reason: unknown): void {
    if (!this.current) return;
    console.error('the streets could not be loaded', reason);
    this.#lost = this.current.id;
    this.current = null;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
