// The theme is chosen by a person and stays: it never follows the time of day, mid-shift least of all.
import { createSubscriber } from 'svelte/reactivity';

export type Theme = 'light' | 'dark';
const PLACE = 'theme';
const changed = new EventTarget();

const subscribe = createSubscriber((update) => {
  changed.addEventListener('theme', update);
  return () => changed.removeEventListener('theme', update);
});

export function theme(): Theme {
  subscribe();
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

export function setTheme(next: Theme): void {
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(PLACE, next);
  } catch {
    // A browser that keeps nothing still shows the chosen theme until the page closes.
  }
  changed.dispatchEvent(new Event('theme'));
}

/** Called once before mounting: the person's choice, else this face's default. */
export function restoreTheme(fallback: Theme): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(PLACE);
  } catch {
    kept = null;
  }
  document.documentElement.dataset.theme = kept === 'dark' || kept === 'light' ? kept : fallback;
}
