// What the server told this page when it rendered it; a page without it does not start.
import type { Boot } from './wire';

export function readBoot(page: Document = document): Boot {
  const text = page.getElementById('boot')?.textContent;
  if (!text) throw new Error('This page was served without its boot data.');
  return JSON.parse(text) as Boot;
}
