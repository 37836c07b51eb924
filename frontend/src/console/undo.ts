// What was just ordered can be taken back with one press for ten seconds, and never once a crew has
// answered: the tray holds only what undoing would still reach.
import type { Redirect } from '../api/wire';

export const UNDO_MS = 10_000;

export type Undoable = {
  readonly id: string;
  readonly redirectIds: readonly string[];
  readonly until: number;
};

export function stillUndoable(
  tray: readonly Undoable[],
  redirects: ReadonlyMap<string, Redirect>,
  nowMs: number,
): Undoable[] {
  return tray.flatMap((entry) => {
    if (nowMs >= entry.until) return [];
    const redirectIds = entry.redirectIds.filter((id) => redirects.get(id)?.state === 'ordered');
    return redirectIds.length > 0 ? [{ ...entry, redirectIds }] : [];
  });
}

/** A later parcel of the same review joins its entry, and the ten seconds start anew for all of it. */
export function remember(tray: readonly Undoable[], entry: Undoable): Undoable[] {
  const former = tray.find((one) => one.id === entry.id);
  const redirectIds = [...new Set([...(former?.redirectIds ?? []), ...entry.redirectIds])];
  return [...tray.filter((one) => one.id !== entry.id), { ...entry, redirectIds }];
}
