// What this crew is told, read again every two seconds: nothing is kept, and how fresh it is follows
// from the answers alone. What could not be read is never taken for "no order".
import { NotSent, Problem, read, send } from '../api/commands';
import type { Answer, CrewAnswer, CrewOrder, ObjectionForm } from '../api/wire';
import {
  beat,
  beginPulse,
  type Freshness,
  freshness,
  instant,
  lapse,
  type Pulse,
  silentFor,
} from '../feed/freshness';
import { noSkew, observe } from '../state/clock';
import { Write } from '../state/write.svelte';

export const READ_EVERY_MS = 2_000;
const READ_MS = 4_000;

export type Standing = 'reading' | 'expired' | 'denied';

export class Shift {
  readonly #region: string;
  readonly #exercise: boolean;
  told = $state.raw<CrewAnswer | null>(null);
  standing = $state<Standing>('reading');
  /** page and answers are not of one world: nothing is shown or sent */
  wrong = $state(false);
  heardAt = $state<string | null>(null);
  now = $state(Date.now());
  /** the answer to the present order; a new order is a new action */
  readonly answer = new Write();
  /** choosing a vehicle, or leaving it */
  readonly duty = new Write();
  #pulse = $state.raw<Pulse>(beginPulse(instant()));
  #skew = $state.raw(noSkew);
  #answered: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #second: ReturnType<typeof setInterval> | null = null;
  #reading = false;
  #stopped = false;

  constructor(region: string, exercise: boolean) {
    this.#region = region;
    this.#exercise = exercise;
  }

  start(): void {
    this.#second = setInterval(() => this.#draw(), 1_000);
    document.addEventListener('visibilitychange', this.#woke);
    window.addEventListener('online', this.#woke);
    void this.look();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#second) clearInterval(this.#second);
    if (this.#timer) clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#woke);
    window.removeEventListener('online', this.#woke);
  }

  get freshness(): Freshness {
    void this.now;
    return freshness(this.#pulse, instant());
  }

  get silentMs(): number {
    void this.now;
    return silentFor(this.#pulse, instant());
  }

  /** There is no log to count here: the clock alone proves that it is live. */
  get sequence(): null {
    return null;
  }

  get order(): CrewOrder | null {
    return this.told?.transport?.order ?? null;
  }

  /** An order that nobody has answered: it calls. */
  get asks(): boolean {
    return this.order?.state === 'ordered' && this.order.objection === null;
  }

  /** Nothing is sent on what may have changed since, nor in the name of somebody logged out. */
  get writable(): boolean {
    const fresh = this.freshness;
    const alive = fresh === 'live' || fresh === 'delayed';
    return alive && this.standing === 'reading' && !this.wrong;
  }

  /** Read once, and again in two seconds; never twice at once, so that no older answer overtakes. */
  async look(): Promise<void> {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    if (this.#timer) clearTimeout(this.#timer);
    try {
      const path = `/api/regions/${encodeURIComponent(this.#region)}/crew`;
      this.take(await read<CrewAnswer>(path, { receiptMs: READ_MS }));
    } catch (error) {
      if (error instanceof Problem) this.#refused(error);
      else if (!(error instanceof NotSent)) throw error;
    } finally {
      this.#reading = false;
      if (!this.#stopped) this.#timer = setTimeout(() => void this.look(), READ_EVERY_MS);
    }
  }

  take(told: CrewAnswer): void {
    this.wrong = told.exercise !== this.#exercise;
    this.standing = 'reading';
    this.told = this.wrong ? null : told;
    this.#pulse = beat(this.#pulse, 'snapshot', instant());
    this.#skew = observe(this.#skew, told.at, Date.now());
    this.heardAt = told.at;
    this.#draw();
    const order = this.order?.id ?? null;
    if (order !== this.#answered && !this.answer.busy) {
      // What became of the last order says nothing about this one.
      this.#answered = order;
      this.answer.reset();
    }
  }

  acknowledge(order: CrewOrder): Promise<Answer | null> {
    return this.#do(this.answer, `/api/redirects/${order.id}/acknowledge`, {
      channel: 'crew_page',
    });
  }

  object(order: CrewOrder, said: ObjectionForm): Promise<Answer | null> {
    return this.#do(this.answer, `/api/redirects/${order.id}/objection`, said);
  }

  board(vehicleId: string): Promise<Answer | null> {
    return this.#do(this.duty, `/api/vehicles/${vehicleId}/board`, {});
  }

  leave(): Promise<Answer | null> {
    const path = `/api/regions/${encodeURIComponent(this.#region)}/crew/leave`;
    return this.#do(this.duty, path, {});
  }

  async retry(write: Write): Promise<void> {
    await write.retry();
    await this.look();
  }

  async #do(write: Write, path: string, body: unknown): Promise<Answer | null> {
    const answer = await write.run((key) => send(path, body, { key }));
    // What stands now is what the server says, not what was pressed.
    await this.look();
    return answer;
  }

  #refused(problem: Problem): void {
    if (problem.status === 401) this.standing = 'expired';
    else if (problem.status === 403 || problem.status === 404) this.standing = 'denied';
  }

  #draw(): void {
    this.#pulse = lapse(this.#pulse, instant());
    this.now = Date.now() + this.#skew.ms;
  }

  readonly #woke = (): void => {
    if (document.visibilityState === 'visible') void this.look();
  };
}
