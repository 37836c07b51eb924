// The waiting cards by keys: arrows walk them, and A answers the one that holds the focus, and no other.
const WAITING = 'button.acknowledge';

function waiting(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>(WAITING)];
}

export function walkToFirst(): void {
  waiting()[0]?.focus();
}

/** The notice that this key answers, if it answers one. */
export function walk(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  // Whoever writes a number is not walking the cards.
  if (event.target instanceof HTMLInputElement) return null;
  if (event.key.toLowerCase() === 'a') {
    return document.activeElement?.closest<HTMLElement>('[data-notice]')?.dataset.notice ?? null;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) step(event, by);
  return null;
}

function step(event: KeyboardEvent, by: number): void {
  const all = waiting();
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const next = all[at === -1 ? 0 : at + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
