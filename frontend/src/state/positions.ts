// A position is only as true as it is young; a lost one stays where it was last seen, marked lost.
import type { Position } from '../api/wire';

export const AGEING_AFTER_MS = 30_000;
export const LOST_AFTER_MS = 120_000;

export type PositionState = 'fresh' | 'ageing' | 'lost' | 'none';

export function positionAge(position: Position | undefined, nowMs: number): number | null {
  if (!position) return null;
  const at = Date.parse(position[3]);
  return Number.isNaN(at) ? null : Math.max(0, nowMs - at);
}

export function positionState(position: Position | undefined, nowMs: number): PositionState {
  const age = positionAge(position, nowMs);
  if (age === null) return 'none';
  if (age <= AGEING_AFTER_MS) return 'fresh';
  return age <= LOST_AFTER_MS ? 'ageing' : 'lost';
}
