// This browser as one that is told while no page of ours is open. Permission is asked on a press alone; which of the
// channels is this browser it finds by a digest of its push address, which itself is told to the server and nobody else.
import type { EnrolForm } from '../api/wire';
import { register, supported } from './shell';

/** Where a device is enrolled, with which key of the server, and whose it is. */
export type Enrolling = { path: string; key: string; person: string };

/** What stands in the way before anything is asked. */
export type Standing = 'ready' | 'denied' | 'home_screen' | 'unsupported';

/** Why it is not told, although its user pressed. */
export class NotTold extends Error {
  readonly why: 'dismissed' | 'denied' | 'unanswered';
  constructor(why: NotTold['why']) {
    super(why);
    this.name = 'NotTold';
    this.why = why;
  }
}

/** A browser that cannot reach its push service may try for minutes; nobody looks at "wait" for that long (ms). */
export const PATIENCE_MS = 20_000;

export function standing(): Standing {
  if (supported() && 'PushManager' in window && 'Notification' in window) {
    return Notification.permission === 'denied' ? 'denied' : 'ready';
  }
  // Only Safari on a phone or tablet has this word at all; there the page gets push once it is on the home screen.
  const phone = navigator as Navigator & { standalone?: boolean };
  return phone.standalone === false ? 'home_screen' : 'unsupported';
}

/** By which digest the channels know this browser; null while it has no push address. */
export async function thisDevice(): Promise<string | null> {
  const registration = await supported()?.getRegistration('/');
  const found = await registration?.pushManager?.getSubscription();
  return found ? digest(found.endpoint) : null;
}

/** What the server is told to enrol it. Raises NotTold. */
export async function subscribe(key: string): Promise<Omit<EnrolForm, 'name'>> {
  const answer = await Notification.requestPermission();
  if (answer !== 'granted') throw new NotTold(answer === 'denied' ? 'denied' : 'dismissed');
  try {
    return said(await inTime(subscription(bytes(key))));
  } catch {
    throw new NotTold('unanswered');
  }
}

async function subscription(key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
  const workers = supported();
  if (!workers) throw new Error('no workers');
  await register(workers);
  const { pushManager } = await workers.ready;
  const former = await pushManager.getSubscription();
  if (former && !isFor(former, key)) {
    // Made for a key that the server no longer has: nothing it sends would be let through.
    await former.unsubscribe();
  }
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function isFor(subscription: PushSubscription, key: Uint8Array): boolean {
  const former = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return former.length === key.length && former.every((byte, at) => byte === key[at]);
}

function said(subscription: PushSubscription): Omit<EnrolForm, 'name'> {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new Error('no keys');
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, fail) => {
    setTimeout(() => fail(new Error('late')), PATIENCE_MS);
  });
  return Promise.race([work, late]);
}

/** As the server makes it: 32 hex digits of SHA-256. */
export async function digest(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, 32);
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
