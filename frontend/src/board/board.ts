// The paper board is a table taken at one moment and stamped with it: taken anew every five minutes
// and at the press of print, so that a black screen leaves the last board in the printer.
import type { Picture, Row } from '../console/affected';

export const BOARD_EVERY_MS = 300_000;

export type BoardTake = {
  readonly at: number;
  readonly sequence: number;
  readonly picture: Picture;
  readonly rows: readonly Row[];
  readonly inbound: ReadonlyMap<string, number>;
};

export function isDue(take: BoardTake | null, nowMs: number): boolean {
  return take === null || nowMs - take.at >= BOARD_EVERY_MS;
}
