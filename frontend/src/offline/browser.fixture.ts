// A browser as far as being told needs one: its answer to the question, its push service, its present subscription.
import { webcrypto } from 'node:crypto';
import { vi } from 'vitest';

type Behaviour = {
  permission?: NotificationPermission;
  /** what its user answers when asked */
  answers?: NotificationPermission;
  /** whether its push service can be reached */
  service?: boolean;
  endpoint?: string;
};

export const KEY = 'BAAB';

export function browser({
  permission = 'default',
  answers = 'granted',
  service = true,
  endpoint = 'https://push.example/1',
}: Behaviour = {}) {
  const state = { permission, asked: 0, made: 0, subscription: null as PushSubscription | null };
  const subscription = (key: Uint8Array): PushSubscription =>
    ({
      endpoint,
      options: { applicationServerKey: key.buffer, userVisibleOnly: true },
      toJSON: () => ({ endpoint, keys: { p256dh: 'public', auth: 'secret' } }),
      unsubscribe: () => {
        state.subscription = null;
        return Promise.resolve(true);
      },
    }) as unknown as PushSubscription;
  const pushManager = {
    getSubscription: () => Promise.resolve(state.subscription),
    subscribe: ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      if (!service) return Promise.reject(new DOMException('push service error', 'AbortError'));
      state.made += 1;
      state.subscription = subscription(applicationServerKey);
      return Promise.resolve(state.subscription);
    },
  };
  const registration = { pushManager };
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('crypto', webcrypto);
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', {
    get permission() {
      return state.permission;
    },
    requestPermission: () => {
      state.asked += 1;
      state.permission = answers;
      return Promise.resolve(answers);
    },
  });
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: {
      register: () => Promise.resolve(registration),
      getRegistration: () => Promise.resolve(registration),
      ready: Promise.resolve(registration),
    },
  });
  return Object.assign(state, { subscribed: (key: Uint8Array) => subscription(key) });
}

/** As a test leaves it: nothing of a browser that can be told. */
export function noBrowser(): void {
  vi.unstubAllGlobals();
  for (const name of ['serviceWorker', 'standalone']) Reflect.deleteProperty(navigator, name);
}
