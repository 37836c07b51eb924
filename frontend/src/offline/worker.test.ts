// The worker as the browser runs it: its own file, in a scope that keeps what it shows and opens.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

type Heard = { waitUntil: (work: Promise<unknown>) => void } & Record<string, unknown>;

const SOURCE = readFileSync(join(import.meta.dirname, '../../worker/sw.js'), 'utf8');
const ORIGIN = 'https://diversion.example';

function worker(...pages: string[]) {
  const hearing = new Map<string, (event: Heard) => void>();
  const shown: [string, NotificationOptions & { renotify?: boolean }][] = [];
  const focused: string[] = [];
  const opened: string[] = [];
  const windows = pages.map((path) => ({
    url: ORIGIN + path,
    focus: () => Promise.resolve(focused.push(path)),
  }));
  const scope = {
    addEventListener: (name: string, hear: (event: Heard) => void) => hearing.set(name, hear),
    location: { origin: ORIGIN },
    registration: {
      showNotification: (title: string, said: NotificationOptions) =>
        Promise.resolve(shown.push([title, said])),
    },
    clients: {
      matchAll: () => Promise.resolve(windows),
      openWindow: (url: string) => Promise.resolve(opened.push(url)),
    },
  };
  new Function('self', SOURCE)(scope);
  const happens = async (name: string, event: Record<string, unknown>) => {
    const work: Promise<unknown>[] = [];
    hearing.get(name)?.({ ...event, waitUntil: (one) => work.push(one) });
    await Promise.all(work);
  };
  const pushed = (said: unknown) => happens('push', { data: { json: () => said } });
  const pressed = (url: unknown) =>
    happens('notificationclick', { notification: { close: () => undefined, data: { url } } });
  return { shown, focused, opened, happens, pushed, pressed };
}

const said = { title: 'T', body: 'B', tag: 'question:1', url: '/site/a/', test: false };

it('shows what is pushed, until somebody acts on it', async () => {
  const { shown, pushed } = worker();
  await pushed(said);
  expect(shown).toMatchObject([
    ['T', { body: 'B', tag: 'question:1', silent: false, requireInteraction: true }],
  ]);
});

it('shows a test without a sound, and lets it go by itself', async () => {
  const { shown, pushed } = worker();
  await pushed({ ...said, test: true });
  expect(shown[0]?.[1]).toMatchObject({ silent: true, requireInteraction: false, renotify: false });
});

it.each([
  ['nothing', null],
  [
    'what is no message',
    {
      json: () => {
        throw new SyntaxError('no JSON');
      },
    },
  ],
])('shows something for %s too: a browser takes silence for an abuse', async (_, data) => {
  const { shown, happens } = worker();
  await happens('push', { data });
  expect(shown).toHaveLength(1);
});

it('a press brings the page that is open to the front', async () => {
  const { focused, opened, pressed } = worker('/site/b/', '/site/a/');
  await pressed('/site/a/');
  expect([focused, opened]).toEqual([['/site/a/'], []]);
});

it('a press opens the page where none is', async () => {
  const { opened, pressed } = worker('/site/b/');
  await pressed('/site/a/');
  expect(opened).toEqual([`${ORIGIN}/site/a/`]);
});

it.each(['https://elsewhere.example/', '//elsewhere.example/', 'javascript:alert(1)'])(
  'a press never leads to %s',
  async (url) => {
    const { opened, focused, pressed } = worker('/site/a/');
    await pressed(url);
    expect([opened, focused]).toEqual([[], []]);
  },
);
