// Keeps the display lit. Browsers take the lock away whenever the page is hidden, so it is asked for
// again each time the page returns, and its absence is said.
export type Awake = 'unasked' | 'held' | 'lost' | 'unsupported';

export class WakeLock {
  state = $state<Awake>('unasked');
  #lock: WakeLockSentinel | null = null;

  async hold(): Promise<void> {
    document.addEventListener('visibilitychange', this.#again);
    await this.#ask();
  }

  release(): void {
    document.removeEventListener('visibilitychange', this.#again);
    void this.#lock?.release();
  }

  async #ask(): Promise<void> {
    if (!('wakeLock' in navigator)) {
      this.state = 'unsupported';
      return;
    }
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      this.state = 'held';
      this.#lock.addEventListener('release', () => {
        this.state = 'lost';
      });
    } catch {
      // Refused on low battery or by policy: the strip says so, the screen goes on.
      this.state = 'lost';
    }
  }

  readonly #again = (): void => {
    if (document.visibilityState === 'visible' && this.state !== 'held') void this.#ask();
  };
}
