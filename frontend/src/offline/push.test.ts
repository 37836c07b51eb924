import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { browser, KEY, noBrowser } from './browser.fixture';
import { digest, standing, subscribe, thisDevice } from './push';

afterEach(noBrowser);

describe('before anything is asked', () => {
  it('a browser without push says so', () => {
    expect(standing()).toBe('unsupported');
  });

  it('Safari on a phone says that the home screen is missing', () => {
    Object.defineProperty(navigator, 'standalone', { configurable: true, value: false });
    expect(standing()).toBe('home_screen');
  });

  it('a browser whose user blocked it says so, and any other is ready', () => {
    browser({ permission: 'denied' });
    expect(standing()).toBe('denied');
    browser();
    expect(standing()).toBe('ready');
  });

  it('nobody is asked for looking', async () => {
    const found = browser();
    standing();
    expect(await thisDevice()).toBeNull();
    expect(found.asked).toBe(0);
  });
});

describe('on the press', () => {
  it('what the browser says is handed on, and it then knows itself', async () => {
    browser();
    expect(await subscribe(KEY)).toEqual({
      endpoint: 'https://push.example/1',
      p256dh: 'public',
      auth: 'secret',
    });
    expect(await thisDevice()).toBe(await digest('https://push.example/1'));
  });

  it.each([
    ['denied', 'denied'],
    ['default', 'dismissed'],
  ] as const)('the answer %s is told as %s', async (answers, why) => {
    const found = browser({ answers });
    await expect(subscribe(KEY)).rejects.toMatchObject({ why });
    expect(found.made).toBe(0);
  });

  it('a push service that does not answer is told', async () => {
    browser({ service: false });
    await expect(subscribe(KEY)).rejects.toMatchObject({ why: 'unanswered' });
  });

  it('what was made for a key the server no longer has is made anew', async () => {
    const found = browser();
    const former = found.subscribed(Uint8Array.from([9, 9, 9]));
    found.subscription = former;
    await subscribe(KEY);
    expect(found.subscription).not.toBe(former);
    expect(found.made).toBe(1);
  });
});

it('the digest is the one the server makes', async () => {
  browser();
  const endpoint = 'https://push.example/é';
  const theirs = createHash('sha256').update(endpoint, 'utf8').digest('hex').slice(0, 32);
  expect(await digest(endpoint)).toBe(theirs);
});
