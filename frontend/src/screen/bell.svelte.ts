// From one picture to the next: who has left and why, what is news, what sounds, what is spoken.
// It remembers only what was already told, so that nothing is told twice.
import type { FeedEvent, Notice } from '../api/wire';
import { type Audible, annunciate, atRest, type Priority } from '../ui/annunciator';
import { news, type Told } from './alarm';
import { type Departed, departureOf, isComing, STRUCK_MS } from './queue';

export class Bell {
  departed = $state.raw<readonly Departed[]>([]);
  /** why a row left, by the event that took it away */
  readonly #endings = new Map<string, string>();
  #known: ReadonlyMap<string, Notice> = new Map();
  #told: Told = new Map();
  #annunciation = atRest;
  #news = 0;
  #spoken: ReadonlySet<string> = new Set();

  hear(event: Pick<FeedEvent, 'kind' | 'changes'>): void {
    for (const change of event.changes) {
      if (change.kind === 'notice' && change.state === null)
        this.#endings.set(change.id, event.kind);
    }
  }

  see(notices: readonly Notice[], now: number): void {
    const present = new Map(notices.map((notice) => [notice.id, notice]));
    const gone = [...this.#known.values()]
      .filter((notice) => isComing(notice) && !present.has(notice.id))
      .map((notice) => this.#departure(notice, now));
    const step = news(this.#told, notices);
    this.#told = step.told;
    this.#known = present;
    if (step.rings || gone.some((one) => one.gone === 'cancelled')) this.#news += 1;
    if (gone.length > 0)
      this.departed = [...this.departed.filter((one) => now - one.at < STRUCK_MS), ...gone];
  }

  /** The motif that must sound now, if any. */
  ring(calling: readonly Audible[], now: number): Priority | null {
    const latest: Audible = { id: `news:${this.#news}`, priority: 3, quiet: this.#news === 0 };
    const step = annunciate(this.#annunciation, [...calling, latest], now);
    this.#annunciation = step.state;
    return step.play;
  }

  /** What is critical and not yet spoken; everything else waits its turn or is silent. */
  speak(calling: readonly Audible[]): string[] {
    const critical = calling.filter((alarm) => alarm.priority === 1).map((alarm) => alarm.id);
    const fresh = critical.filter((id) => !this.#spoken.has(id));
    this.#spoken = new Set(critical);
    return fresh;
  }

  #departure(notice: Notice, now: number): Departed {
    const gone = departureOf(this.#endings.get(notice.id) ?? null);
    this.#endings.delete(notice.id);
    return { notice, gone, at: now };
  }
}
