// Tells the 112 centre that this screen is seen and heard, or that a coordinator's page is open. A beat
// that fails is shown here too: a department must know when the centre believes nobody is listening.
import { NotSent, newKey, Problem, send } from '../api/commands';
import type { BeatForm } from '../api/wire';

export const BEAT_EVERY_MS = 10_000;
/** After one that did not get through; the centre is to see a screen within ten seconds of its return. */
export const AGAIN_AFTER_MS = 3_000;
/** Without an answer for this long the centre counts the screen as silent. */
export const UNHEARD_AFTER_MS = 30_000;
export type BeatKind = NonNullable<BeatForm['kind']>;

/** Opaque, and the same after a reload, so that one screen is counted once; a page beside it is another. */
export function screenId(kind: BeatKind = 'screen'): string {
  const place = `${kind}-id`;
  try {
    const known = localStorage.getItem(place);
    if (known) return known;
    const made = newKey();
    localStorage.setItem(place, made);
    return made;
  } catch {
    return newKey();
  }
}

export class Pulse {
  readonly #path: string;
  readonly #kind: BeatKind;
  readonly #screen: string;
  readonly #armed: () => boolean;
  #timer: ReturnType<typeof setInterval> | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #began = 0;
  #toldArmed = false;
  #answeredAt = $state<number | null>(null);
  refused = $state.raw<Problem | null>(null);

  constructor(siteId: string, armed: () => boolean, kind: BeatKind = 'screen') {
    this.#path = `/api/sites/${encodeURIComponent(siteId)}/beat`;
    this.#armed = armed;
    this.#kind = kind;
    this.#screen = screenId(kind);
  }

  start(): void {
    this.#began = Date.now();
    this.#timer = setInterval(() => void this.beat(), BEAT_EVERY_MS);
    document.addEventListener('visibilitychange', this.#now);
    window.addEventListener('online', this.#now);
    void this.beat();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#again) clearTimeout(this.#again);
    this.#timer = null;
    this.#again = null;
    document.removeEventListener('visibilitychange', this.#now);
    window.removeEventListener('online', this.#now);
  }

  /** Whether the centre has not heard this screen for too long. */
  isUnheard(now: number): boolean {
    if (this.#began === 0) return false;
    return now - (this.#answeredAt ?? this.#began) > UNHEARD_AFTER_MS;
  }

  /** A sound that was lost or came back is told at once: dispatch decides by it whether to phone. */
  look(): void {
    if (this.#timer && this.#armed() !== this.#toldArmed) void this.beat();
  }

  async beat(): Promise<void> {
    const visible = document.visibilityState === 'visible';
    // A page in a pocket reaches nobody: it falls silent instead of saying that it is hidden.
    if (this.#kind === 'page' && !visible) return;
    this.#toldArmed = this.#armed();
    const body: BeatForm = {
      screen: this.#screen,
      kind: this.#kind,
      visible,
      sound_armed: this.#toldArmed,
    };
    try {
      await send(this.#path, body);
      this.#answeredAt = Date.now();
      this.refused = null;
    } catch (error) {
      if (error instanceof Problem) this.refused = error;
      else if (error instanceof NotSent) this.#tryAgain();
      else throw error;
    }
  }

  #tryAgain(): void {
    if (!this.#timer || this.#again) return;
    this.#again = setTimeout(() => {
      this.#again = null;
      void this.beat();
    }, AGAIN_AFTER_MS);
  }

  readonly #now = (): void => void this.beat();
}
