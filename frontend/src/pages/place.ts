// What the server wrote into the page about the place it is for, so that its name and the number to
// phone stand there before the first frame, and without any.
import type { Names } from '../api/wire';

export type Place = { name: Names | null; phone: string | null };

export function readPlace(page: Document = document): Place {
  const name = readJson(page, 'place-name');
  const phone = readJson(page, 'dispatch-phone');
  return {
    name: isNames(name) ? name : null,
    phone: typeof phone === 'string' && phone !== '' ? phone : null,
  };
}

function readJson(page: Document, id: string): unknown {
  const text = page.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}

function isNames(value: unknown): value is Names {
  return typeof value === 'object' && value !== null && 'fr' in value && 'nl' in value;
}
