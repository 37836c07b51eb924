// Tells the 112 centre that this screen is seen and heard. A beat that fails is shown here too: a
// department must know when the centre believes nobody is listening.
import { NotSent, newKey, Problem, send } from '../api/commands';
import type { BeatForm } from '../api/wire';

export const BEAT_EVERY_MS = 10_000;
/** Without an answer for this long the centre counts the screen as silent. */
export const UNHEARD_AFTER_MS = 30_000;
const PLACE = 'screen-id';

/** Opaque, and the same after a reload, so that one screen is counted once. */
export function screenId(): string {
  try {
    const known = localStorage.getItem(PLACE);
    if (known) return known;
    const made = newKey();
    localStorage.setItem(PLACE, made);
    return made;
  } catch {
    return newKey();
  }
}

export class Pulse {
  readonly #path: string;
  readonly #screen = screenId();
  readonly #armed: () => boolean;
  #timer: ReturnType<typeof setInterval> | null = null;
  #began = 0;
  #answeredAt = $state<number | null>(null);
  refused = $state.raw<Problem | null>(null);

  constructor(siteId: string, armed: () => boolean) {
    this.#path = `/api/sites/${encodeURIComponent(siteId)}/beat`;
    this.#armed = armed;
  }

  start(): void {
    this.#began = Date.now();
    this.#timer = setInterval(() => void this.beat(), BEAT_EVERY_MS);
    document.addEventListener('visibilitychange', this.#now);
    void this.beat();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#now);
  }

  /** Whether the centre has not heard this screen for too long. */
  isUnheard(now: number): boolean {
    if (this.#began === 0) return false;
    return now - (this.#answeredAt ?? this.#began) > UNHEARD_AFTER_MS;
  }

  async beat(): Promise<void> {
    const body: BeatForm = {
      screen: this.#screen,
      visible: document.visibilityState === 'visible',
      sound_armed: this.#armed(),
    };
    try {
      await send(this.#path, body);
      this.#answeredAt = Date.now();
      this.refused = null;
    } catch (error) {
      if (error instanceof Problem) this.refused = error;
      else if (!(error instanceof NotSent)) throw error;
    }
  }

  readonly #now = (): void => void this.beat();
}
