// Who wants to be told of events hears each of them once, whether the feed or a receipt brought it first.
import type { FeedEvent } from '../api/wire';

export class Hearing {
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #heard = new Set<string>();

  /** Until the function returned here is called. */
  listen(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(events: readonly FeedEvent[]): void {
    for (const event of events) {
      if (this.#heard.has(event.id)) continue;
      this.#heard.add(event.id);
      for (const listener of this.#listeners) listener(event);
    }
    this.#forget();
  }

  /** A shift is long: only recent ids can still come twice. */
  #forget(): void {
    if (this.#heard.size <= 2_000) return;
    for (const id of [...this.#heard].slice(0, 1_000)) this.#heard.delete(id);
  }
}
