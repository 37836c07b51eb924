// How the server itself is, as of its last tick: the picture is right all the while, but some of what it
// promises to do by itself may not happen.
import type { Lacking, TickFrame } from '../api/wire';

const CLOCK_DEAD_MS = 10_000;

export class Health {
  /** how long before that tick its own clock last lived; null: it never did */
  #clockLagMs = $state<number | null>(null);
  #ticked = $state(false);
  #without = $state.raw<readonly Lacking[]>([]);

  take(tick: TickFrame): void {
    this.#clockLagMs = tick.clock_at ? Date.parse(tick.at) - Date.parse(tick.clock_at) : null;
    this.#ticked = true;
    // A server of an earlier version does not say.
    this.#without = tick.without ?? [];
  }

  /** Nothing escalates by itself while the server's clock is dead. */
  get clockDead(): boolean {
    return this.#ticked && (this.#clockLagMs === null || this.#clockLagMs > CLOCK_DEAD_MS);
  }

  /** What it does without just now. */
  get without(): readonly Lacking[] {
    return this.#without;
  }
}
