import { afterEach, expect, it } from 'vitest';
import { readPlace } from './place';

afterEach(() => {
  document.body.innerHTML = '';
});

function page(name: string, phone: string): void {
  document.body.innerHTML = `<script type="application/json" id="place-name">${name}</script><script type="application/json" id="dispatch-phone">${phone}</script>`;
}

it('names the campus before any frame has come', () => {
  page('{"fr":"Clinique Saint-Jean","nl":"Kliniek Sint-Jan"}', '"+32 2 000 00 00"');
  expect(readPlace()).toEqual({
    name: { fr: 'Clinique Saint-Jean', nl: 'Kliniek Sint-Jan' },
    phone: '+32 2 000 00 00',
  });
});

it('invents neither a name nor a number', () => {
  page('""', 'null');
  expect(readPlace()).toEqual({ name: null, phone: null });
  document.body.innerHTML = '';
  expect(readPlace()).toEqual({ name: null, phone: null });
});
