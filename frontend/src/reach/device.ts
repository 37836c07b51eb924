// What a device is called until its user says otherwise.
import type { Channel } from '../api/wire';
import { t } from '../i18n';

/** The person's phone or computer; numbered where the name is taken, since channels are told apart by it alone. */
export function suggestedName(person: string, channels: readonly Channel[]): string {
  const kind = /Mobi|Android|iPhone|iPad/.test(navigator.userAgent) ? 'phone_of' : 'computer_of';
  const first = t(`common:device.${kind}`, { p: person }).slice(0, 76);
  const taken = new Set(channels.map((one) => one.name));
  let name = first;
  for (let number = 2; taken.has(name); number += 1) name = `${first} ${number}`;
  return name;
}
