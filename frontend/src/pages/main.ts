// Pages drawn by the server work without a script; this one keeps the theme a person chose, and adds
// what only a script can do: a passkey's refusal in words, copying, printing, forgetting.
import { forgetShell, keepShell } from '../offline/shell';
import './pages.css';
import './administration.css';

try {
  if (localStorage.getItem('theme') === 'dark') document.documentElement.dataset.theme = 'dark';
} catch {
  // A browser that keeps nothing shows the light page.
}

/** allauth's script tells of a passkey that was not given; people read it here, not in a console. */
document.addEventListener('allauth.error', (event) => {
  const problem = document.querySelector<HTMLElement>('.passkey-problem');
  if (!problem) return;
  event.preventDefault();
  problem.hidden = false;
});

/** A button whose script is still on its way does nothing, and cannot be pressed: what answers it is there by now. */
document.addEventListener('DOMContentLoaded', () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-waits]')) {
    button.disabled = false;
  }
});

async function copy(button: HTMLElement): Promise<void> {
  const from = document.getElementById(button.dataset.copies ?? '');
  if (!(from instanceof HTMLTextAreaElement)) return;
  from.select();
  await navigator.clipboard.writeText(from.value);
  button.textContent = button.dataset.done ?? '';
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.prints !== undefined) window.print();
  // Where copying is not allowed, the text stays selected: the keyboard does it.
  else if (button?.dataset.copies) copy(button).catch(() => undefined);
});

if (document.body.classList.contains('signed-out')) void forgetShell();
else if (location.pathname === '/site/') void keepShell();
