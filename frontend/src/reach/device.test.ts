import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotSent, Problem } from '../api/commands';
import type { Answer } from '../api/wire';
import { at, channel } from '../console/picture.fixture';
import { setLanguage, t } from '../i18n';
import { browser, KEY, noBrowser } from '../offline/browser.fixture';
import { digest } from '../offline/push';
import type { World } from '../state/world.svelte';
import Device from './Device.svelte';
import { suggestedName } from './device';

const ENDPOINT = 'https://push.example/1';
const enrolling = { path: '/api/sites/a/devices', key: KEY, person: 'Clara' };
const answer: Answer = { seq: 5, cursor: '', recorded_at: '', repeated: false, events: [] };

beforeAll(() => setLanguage('en'));
beforeEach(() => {
  browser();
});
afterEach(() => {
  cleanup();
  noBrowser();
});

/** The server, as far as it is asked here. */
function server(says: () => Promise<Answer> = () => Promise.resolve(answer)) {
  return { writable: true, send: vi.fn<World['send']>(says) };
}

const press = () => screen.getByRole('button', { name: t('common:device.enrol') }).click();
const shows = (key: string) => waitFor(() => expect(document.body.textContent).toContain(t(key)));

describe('this device', () => {
  it('is enrolled on the press, under the name that stands there', async () => {
    const world = server();
    render(Device, { world, channels: [], enrolling });
    press();
    await waitFor(() => expect(world.send).toHaveBeenCalledOnce());
    expect(world.send.mock.calls[0]?.slice(0, 2)).toEqual([
      '/api/sites/a/devices',
      { name: 'Computer of Clara', endpoint: ENDPOINT, p256dh: 'public', auth: 'secret' },
    ]);
  });

  it('is found among the channels, and then has nothing to press', async () => {
    const found = browser({ permission: 'granted' });
    found.subscription = found.subscribed(Uint8Array.from([0]));
    const mine = channel('a', { name: 'Duty phone', device: await digest(ENDPOINT) });
    render(Device, { world: server(), channels: [channel('b'), mine], enrolling });
    await waitFor(() =>
      expect(document.body.textContent).toContain(t('common:device.enrolled', { c: 'Duty phone' })),
    );
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is not said to be told before its test has arrived', async () => {
    const found = browser({ permission: 'granted' });
    found.subscription = found.subscribed(Uint8Array.from([0]));
    const fresh = { last_test_at: null, last_test_ok: null };
    const mine = channel('a', { name: 'Duty phone', device: await digest(ENDPOINT), ...fresh });
    render(Device, { world: server(), channels: [mine], enrolling });
    await waitFor(() =>
      expect(document.body.textContent).toContain(t('common:device.waiting', { c: 'Duty phone' })),
    );
    expect(document.body.textContent).not.toContain('✓');
  });

  it('says that nothing arrives, and is enrolled again under its own name', async () => {
    const found = browser({ permission: 'granted' });
    found.subscription = found.subscribed(Uint8Array.from([0, 0, 1]));
    const failing = { failing_since: at(0), last_error: 'refused 410' };
    const mine = channel('a', { name: 'Duty phone', device: await digest(ENDPOINT), ...failing });
    const world = server();
    render(Device, { world, channels: [mine], enrolling });
    await shows('common:device.failing');
    press();
    await waitFor(() => expect(world.send).toHaveBeenCalledOnce());
    expect(world.send.mock.calls[0]?.[1]).toMatchObject({ name: 'Duty phone' });
  });

  it("is not taken for somebody else's", async () => {
    const found = browser({ permission: 'granted' });
    found.subscription = found.subscribed(Uint8Array.from([0]));
    const other = channel('b', { device: await digest('https://push.example/2') });
    render(Device, { world: server(), channels: [other], enrolling });
    expect(await screen.findByRole('button', { name: t('common:device.enrol') })).toBeTruthy();
  });

  it.each([
    ['dismissed', { answers: 'default' }],
    ['denied', { answers: 'denied' }],
    ['unanswered', { service: false }],
  ] as const)('is told not to be told when %s, and the server hears nothing', async (why, how) => {
    browser(how);
    const world = server();
    render(Device, { world, channels: [], enrolling });
    press();
    await shows(`common:device.${why}`);
    expect(world.send).not.toHaveBeenCalled();
  });

  it('says how to undo a refusal of long ago, and asks nothing', () => {
    const found = browser({ permission: 'denied' });
    render(Device, { world: server(), channels: [], enrolling });
    expect(document.body.textContent).toContain(t('common:device.denied'));
    expect(screen.queryByRole('button')).toBeNull();
    expect(found.asked).toBe(0);
  });

  it('says that its browser cannot', () => {
    noBrowser();
    render(Device, { world: server(), channels: [], enrolling });
    expect(document.body.textContent).toContain(t('common:device.unsupported'));
  });

  it('says what the server refused, and that what got no receipt is not sent', async () => {
    const taken = () =>
      Promise.reject(new Problem({ status: 422, code: 'name_taken', detail: 'taken' }));
    render(Device, { world: server(taken), channels: [], enrolling });
    press();
    await shows('common:problem.name_taken');
    cleanup();
    render(Device, {
      world: server(() => Promise.reject(new NotSent('k', 'late'))),
      channels: [],
      enrolling,
    });
    press();
    await shows('common:write.not_sent');
  });

  it('cannot be enrolled while nothing can be recorded', () => {
    render(Device, { world: { ...server(), writable: false }, channels: [], enrolling });
    const button = screen.getByRole('button', { name: t('common:device.enrol') });
    expect((button as HTMLButtonElement).disabled).toBe(true);
  });
});

it('a name that is taken is numbered', () => {
  const taken = ['Computer of Clara', 'Computer of Clara 2'].map((name) => channel(name, { name }));
  expect(suggestedName('Clara', taken)).toBe('Computer of Clara 3');
});
