// Whose a vehicle is just now: what the other desks say they are deciding about, and what this one
// says. A claim refuses nobody anything; it is shown so that two people do not decide about one vehicle.
import type { Held } from '../api/wire';
import type { Panel } from './panel';

/** Who else is at each vehicle, by its transport. Another console of the same person is another desk. */
export function claimants(
  claims: readonly Held[],
  desk: string,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const held of claims) {
    if (held.desk === desk) continue;
    for (const id of held.transports) found.set(id, [...(found.get(id) ?? []), held.name]);
  }
  return found;
}

/** Two letters that stand for a name: Camille Dupont is CD, Camille alone CA. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/).filter(Boolean);
  const letters =
    words.length > 1 ? [words[0]?.[0], words.at(-1)?.[0]] : [...(words[0] ?? '?')].slice(0, 2);
  return letters.join('').toLocaleUpperCase();
}

/** What this desk is at: the armed row, the one whose dialog is open, and what its review would send. */
export function heldHere(
  armed: string | null,
  panel: Panel | null,
  reviewing: readonly string[],
): string[] {
  const opened = panel && 'rowId' in panel ? [panel.rowId] : [];
  const reviewed = panel?.kind === 'bulk' ? reviewing : [];
  return [...new Set([...(armed ? [armed] : []), ...opened, ...reviewed])].sort();
}
