// What this desk ordered and may still take back with one press: only what a receipt confirmed goes in,
// and what undoing would no longer reach is not shown (undo.ts).
import type { FeedEvent } from '../api/wire';
import type { World } from '../state/world.svelte';
import { remember, stillUndoable, UNDO_MS, type Undoable } from './undo';

export class Tray {
  readonly #world: Pick<World, 'redirects' | 'now'>;
  #kept = $state.raw<readonly Undoable[]>([]);

  constructor(world: Pick<World, 'redirects' | 'now'>) {
    this.#world = world;
  }

  /** The newest last. */
  readonly open: Undoable[] = $derived.by(() =>
    stillUndoable(this.#kept, this.#world.redirects, this.#world.now),
  );

  /** The orders among these events are one entry; those of one `batch` stay one, parcel after parcel. */
  take(events: readonly FeedEvent[], batch?: string): void {
    const redirectIds = events.flatMap((event) =>
      event.kind === 'redirect.ordered' && typeof event.fact.redirect === 'string'
        ? [event.fact.redirect]
        : [],
    );
    if (redirectIds.length === 0) return;
    this.#kept = remember(this.#kept, {
      id: batch ?? redirectIds.join(),
      redirectIds,
      until: this.#world.now + UNDO_MS,
    });
  }
}
