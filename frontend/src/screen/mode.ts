// A wall names no member of staff; a desk may. Each device remembers which of the two it is.
const PLACE = 'screen-mode';

export function isWall(): boolean {
  try {
    return localStorage.getItem(PLACE) !== 'desk';
  } catch {
    return true;
  }
}

export function keepWall(wall: boolean): void {
  try {
    localStorage.setItem(PLACE, wall ? 'wall' : 'desk');
  } catch {
    // The choice then lasts until the page closes.
  }
}
