// Keeps the shell of the hospital page and of the department's screen, so that they open without a
// network. It never answers for the interface: what is true now comes from the server or not at all.
//
// Network first: whoever can reach the server gets the newest page, so an old build traps nobody.
// The kept page is used only when the network fails, answers with an error of its own, or is silent.
//
// It shows what the server pushes to this device while no page is open, and opens the page that says more.

/** @type {ServiceWorkerGlobalScope} */
const worker = /** @type {any} */ (self);

/** Raised when what is kept changes its form: caches of other names are thrown away. */
const SHELLS = 'diversion-shells-1';
const ASSETS = 'diversion-assets-1';
/** How long a page is waited for before the kept one is shown (ms): on a slow phone the newest still
 *  comes within it; in a failing hospital nobody looks at white for longer. */
const PATIENCE_MS = 3_000;

/** Shown for a message that cannot be read: the page says what there is. */
const UNREADABLE = { title: 'Diversion', body: '', tag: 'unreadable', url: '/', test: false };

const SHELL = /^\/(?:site\/(?:[\w-]+\/)?|screen\/[\w-]+\/)$/;
/** Vite's names carry a hash of the content: what is kept under one never becomes wrong. */
const ASSET = /^\/static\/assets\/[^?]+$/;

worker.addEventListener('install', () => void worker.skipWaiting());

worker.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([worker.clients.claim(), dropOthers()]));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && SHELL.test(url.pathname)) event.respondWith(page(event));
  else if (ASSET.test(url.pathname)) event.respondWith(asset(request));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'forget') event.waitUntil(forget());
  else if (typeof event.data?.keep === 'string') event.waitUntil(keep(event.data.keep));
});

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});

/** A browser that lets a page be told asks in return that each message be shown: also a test, but without a sound.
 *  @param {PushMessageData | null} data */
async function show(data) {
  const { title, body, tag, url, test } = told(data);
  await worker.registration.showNotification(title, {
    body,
    tag,
    silent: test,
    // What is to be acted on stays until somebody has, and calls again when it is told again.
    requireInteraction: !test,
    renotify: !test,
    icon: '/static/icons/icon-192.png',
    data: { url },
  });
}

/** @param {PushMessageData | null} data
 *  @returns {{ title: string, body: string, tag: string, url: string, test: boolean }} */
function told(data) {
  try {
    return data?.json() ?? UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

/** The page that is open already, or a new one. Only ever a page of ours.
 *  @param {unknown} path */
async function open(path) {
  const url = new URL(typeof path === 'string' ? path : '/', worker.location.origin);
  if (url.origin !== worker.location.origin) return;
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const found = pages.find((one) => new URL(one.url).pathname === url.pathname);
  if (found) await found.focus();
  else await worker.clients.openWindow(url.href);
}

/** @param {FetchEvent} event */
async function page(event) {
  const path = new URL(event.request.url).pathname;
  const fetched = fetch(event.request).then((response) => remembered(event, path, response));
  // A page that arrives late is kept for the next time.
  event.waitUntil(fetched.catch(() => undefined));
  const first = await Promise.race([fetched.catch(() => null), late()]);
  if (first && first.status < 500) return first;
  return (await keptPage(path)) ?? (first || fetched);
}

/** @returns {Promise<null>} */
function late() {
  return new Promise((done) => setTimeout(done, PATIENCE_MS, null));
}

/** @param {FetchEvent} event @param {string} path @param {Response} response */
async function remembered(event, path, response) {
  if (response.ok && response.type === 'basic') event.waitUntil(remember(path, response.clone()));
  // Sent elsewhere or refused: logged out, or not this person's any more. Nothing of it stays here.
  else if (response.status < 500 && path !== '/site/') event.waitUntil(unlearn(path));
  return response;
}

/** @param {string} path */
async function keep(path) {
  if (!SHELL.test(path)) return;
  const response = await fetch(path, { headers: { Accept: 'text/html' }, redirect: 'manual' });
  if (response.ok) await remember(path, response);
}

/** @param {string} path @param {Response} response */
async function remember(path, response) {
  const assets = assetsOf(await response.clone().text());
  const kept = await caches.open(ASSETS);
  // The page is kept only with everything it is drawn with: half a shell opens to nothing.
  await Promise.all(assets.map(async (one) => (await kept.match(one)) ?? kept.add(one)));
  await (await caches.open(SHELLS)).put(path, response);
  await tidy();
}

/** @param {string} html @returns {string[]} */
function assetsOf(html) {
  return [...new Set(html.match(/\/static\/assets\/[\w.-]+\.(?:js|css)/g) ?? [])];
}

/** @param {string} path */
async function unlearn(path) {
  await (await caches.open(SHELLS)).delete(path);
  await tidy();
}

/** Assets of builds that no kept page uses any more go. */
async function tidy() {
  const shells = await caches.open(SHELLS);
  const pages = await Promise.all((await shells.keys()).map((key) => shells.match(key)));
  const texts = await Promise.all(pages.map((one) => one?.text() ?? ''));
  const used = new Set(texts.flatMap(assetsOf));
  const kept = await caches.open(ASSETS);
  for (const key of await kept.keys()) {
    if (!used.has(new URL(key.url).pathname)) await kept.delete(key);
  }
}

/** @param {string} path @returns {Promise<Response | undefined>} */
async function keptPage(path) {
  const shells = await caches.open(SHELLS);
  const found = await shells.match(path);
  if (found || path !== '/site/') return found;
  // The icon on the home screen opens /site/, which leads whoever has one hospital to it. With
  // several the choice itself is kept above: a hospital is never assumed.
  const sites = (await shells.keys()).map((key) => new URL(key.url).pathname);
  const own = sites.filter((one) => one.startsWith('/site/'));
  return own.length === 1 && own[0] ? Response.redirect(own[0]) : undefined;
}

/** @param {Request} request */
async function asset(request) {
  return (await (await caches.open(ASSETS)).match(request.url)) ?? fetch(request);
}

async function forget() {
  await Promise.all([caches.delete(SHELLS), caches.delete(ASSETS)]);
}

async function dropOthers() {
  const others = (await caches.keys()).filter((name) => name !== SHELLS && name !== ASSETS);
  await Promise.all(others.map((name) => caches.delete(name)));
}
