// A workstation's own habits, kept in its browser; losing them costs a click, never a fact.
import { createSubscriber } from 'svelte/reactivity';

const changed = new EventTarget();
const subscribe = createSubscriber((update) => {
  changed.addEventListener('change', update);
  return () => changed.removeEventListener('change', update);
});

let letters = kept('letter-keys') !== 'off';

export function letterKeys(): boolean {
  subscribe();
  return letters;
}

export function setLetterKeys(on: boolean): void {
  letters = on;
  keep('letter-keys', on ? 'on' : 'off');
  changed.dispatchEvent(new Event('change'));
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Private browsing: the choice then lasts as long as the page.
  }
}
