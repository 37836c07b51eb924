// One second hand for everything on screen: server time, moving at once for all that is drawn, and just after
// the server's full second, so that no second is skipped or shown twice.
import { noSkew, observe } from './clock';

export class ServerClock {
  #skew = noSkew;
  #now = $state(Date.now());
  #beat = $state(0);
  #heardAt = $state<string | null>(null);
  #next: ReturnType<typeof setTimeout> | null = null;
  readonly #eachSecond: () => void;

  /** `eachSecond` is called before the hand moves. */
  constructor(eachSecond: () => void) {
    this.#eachSecond = eachSecond;
  }

  /** Milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** Counts the moves, also those of a hand that was set back. */
  get beat(): number {
    return this.#beat;
  }

  /** Server time of the last frame; null before the first. */
  get heardAt(): string | null {
    return this.#heardAt;
  }

  hear(serverIso: string): void {
    this.#skew = observe(this.#skew, serverIso, Date.now());
    this.#heardAt = serverIso;
    this.#move();
  }

  start(): void {
    this.#eachSecond();
    this.#move();
    this.#next = setTimeout(() => this.start(), 1_020 - (this.#now % 1_000));
  }

  stop(): void {
    if (this.#next) clearTimeout(this.#next);
  }

  #move(): void {
    this.#now = Date.now() + this.#skew.ms;
    this.#beat += 1;
  }
}
