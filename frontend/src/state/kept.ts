// The last picture survives a reload of this tab only, so that a slow network shows what was known,
// stamped and hatched, instead of nothing; it is never taken for the present.
import type { SnapshotFrame } from '../api/wire';
import type { Replica } from './replica';

export type KeptPicture = { at: string; frame: SnapshotFrame };

export function keepPicture(place: string, kept: KeptPicture): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(kept));
  } catch {
    // Full or forbidden storage costs only the stamped picture after a reload.
    sessionStorage.removeItem(place);
  }
}

export function keptPicture(place: string): KeptPicture | null {
  try {
    const text = sessionStorage.getItem(place);
    return text ? (JSON.parse(text) as KeptPicture) : null;
  } catch {
    return null;
  }
}

/** What is on screen as the server would send it whole. */
export function pictureOf(replica: Replica, at: string, exercise: boolean): SnapshotFrame {
  const entities = Object.entries(replica.entities).flatMap(([kind, rows]) =>
    [...rows.entries()].map(([id, state]) => ({
      kind,
      id,
      version: replica.versions.get(`${kind}/${id}`) ?? 0,
      state,
    })),
  );
  return {
    type: 'snapshot',
    exercise,
    cursor: replica.cursor ?? '',
    at,
    entities: entities as never[],
    positions: [...replica.positions.values()],
    log: replica.log.map((entry) => ({ ...entry, changes: [] })),
  };
}
