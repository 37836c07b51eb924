// One world per page: frames and receipts enter here, everything on screen reads from here, and
// only what the server confirmed is in it.
import { newKey, Problem, read, type SendOptions, send } from '../api/commands';
import type { Answer, BulkAnswer, Change, FeedEvent, Frame, Held, Region } from '../api/wire';
import { type FeedPlace, feedUrl, probeSession } from '../feed/address';
import { FeedConnection, type Standing } from '../feed/connection';
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
import { inExercise } from '../ui/exercise';
import { ServerClock } from './clock.svelte';
import { Health } from './health.svelte';
import { Hearing } from './hearing';
import { keepPicture, keptPicture, pictureOf } from './kept';
import { asksForProof, Proof } from './proof.svelte';
import {
  advance,
  applyAnswer,
  applyChange,
  applyEvents,
  applyPositions,
  applySnapshot,
  emptyReplica,
  type Replica,
  sequenceOf,
} from './replica';

export type WorldPlace = FeedPlace & {
  /** whether the page was opened as an exercise; a feed that says otherwise shuts it */
  exercise?: boolean;
};

/** A question may take longer than a receipt: three hundred vehicles are planned together. */
const READ_MS = 20_000;

export class World {
  readonly place: WorldPlace;
  readonly proof = new Proof();
  readonly health = new Health();
  #replica = $state.raw<Replica>(emptyReplica());
  #pulse = $state.raw<Pulse>(beginPulse(instant()));
  #standing = $state<Standing>('dialling');
  #keptAt = $state<string | null>(null);
  #wrong = $state(false);
  #claims = $state.raw<readonly Held[]>([]);
  readonly #connection: FeedConnection;
  readonly #hearing = new Hearing();
  readonly #clock = new ServerClock(() => {
    const lapsed = lapse(this.#pulse, instant());
    if (lapsed !== this.#pulse) this.#pulse = lapsed;
  });

  constructor(place: WorldPlace) {
    this.place = place;
    this.#connection = new FeedConnection({
      url: (after) => feedUrl(place, after),
      cursor: () => this.#replica.cursor,
      onframe: (frame) => this.receive(frame),
      onstanding: (standing) => {
        this.#standing = standing;
      },
      probe: probeSession,
    });
  }

  readonly regions = $derived(this.#replica.entities.region);
  readonly sites = $derived(this.#replica.entities.site);
  readonly diversions = $derived(this.#replica.entities.diversion);
  readonly vehicles = $derived(this.#replica.entities.vehicle);
  readonly transports = $derived(this.#replica.entities.transport);
  readonly redirects = $derived(this.#replica.entities.redirect);
  readonly notices = $derived(this.#replica.entities.notice);
  readonly presences = $derived(this.#replica.entities.presence);
  readonly channels = $derived(this.#replica.entities.channel);
  readonly questions = $derived(this.#replica.entities.question);
  readonly casualties = $derived(this.#replica.entities.mass_casualty);
  readonly positions = $derived(this.#replica.positions);
  readonly log = $derived(this.#replica.log);
  readonly sequence = $derived(sequenceOf(this.#replica.cursor));

  get region(): Region | null {
    return this.regions.get(this.place.region) ?? null;
  }

  /** What each desk says it is deciding about; it binds nobody. */
  get claims(): readonly Held[] {
    return this.#claims;
  }

  /** Server time in milliseconds, moving once a second, the same for everything drawn at once. */
  get now(): number {
    return this.#clock.now;
  }

  get freshness(): Freshness {
    void this.#clock.beat;
    return freshness(this.#pulse, instant());
  }

  get silentMs(): number {
    void this.#clock.beat;
    return silentFor(this.#pulse, instant());
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Server time of the last frame; null before the first. */
  get heardAt(): string | null {
    return this.#clock.heardAt;
  }

  /** When the picture on screen is only the one kept from before a reload: its time. */
  get keptAt(): string | null {
    return this.#pulse.complete ? null : this.#keptAt;
  }

  get complete(): boolean {
    return this.#pulse.complete;
  }

  /** The picture is older than it may be, or only the one kept from before: what it shows is what was last known. */
  get stale(): boolean {
    return this.freshness === 'offline' || !this.complete;
  }

  /** Nothing is sent on a picture that may be wrong, nor in the name of somebody logged out. */
  get writable(): boolean {
    const fresh = this.freshness;
    const alive = !this.#wrong && (fresh === 'live' || fresh === 'delayed');
    return alive && this.#standing !== 'expired' && this.#standing !== 'denied';
  }

  versionOf(kind: string, id: string): number | undefined {
    return this.#replica.versions.get(`${kind}/${id}`);
  }

  start(): void {
    const kept = keptPicture(this.#keepingPlace());
    if (kept && this.#belongs(kept.frame.exercise)) {
      this.#replica = { ...applySnapshot(kept.frame), cursor: null };
      this.#keptAt = kept.at;
    }
    this.#clock.start();
    document.addEventListener('visibilitychange', this.#woke);
    window.addEventListener('online', this.#woke);
    window.addEventListener('pagehide', this.#keep);
    // A page without the frame that the server draws around an exercise must not show one.
    if (inExercise() !== Boolean(this.place.exercise)) this.#shut();
    else this.#connection.start();
  }

  stop(): void {
    this.#clock.stop();
    document.removeEventListener('visibilitychange', this.#woke);
    window.removeEventListener('online', this.#woke);
    window.removeEventListener('pagehide', this.#keep);
    this.#connection.stop();
  }

  retry(): void {
    this.#connection.kick();
  }

  /** Told of every event once, from the feed or from a receipt, never of those in a snapshot. */
  listen(listener: (event: FeedEvent) => void): () => void {
    return this.#hearing.listen(listener);
  }

  receive(frame: Frame): void {
    if ('exercise' in frame && !this.#belongs(frame.exercise)) this.#shut();
    if (this.#wrong) return;
    this.#pulse = beat(this.#pulse, frame.type, instant());
    if (frame.type === 'snapshot') this.#replica = applySnapshot(frame);
    else if (frame.type === 'events') this.#take(applyEvents(this.#replica, frame), frame.events);
    else if (frame.type === 'positions') {
      this.#replica = applyPositions(this.#replica, frame.positions);
    } else if (frame.type === 'claims') this.#claims = frame.claims;
    // A new connection is told anew; a desk may have given up everything while this one was cut off.
    else if (frame.type === 'hello') this.#claims = [];
    else if (frame.type === 'tick') {
      this.#replica = advance(this.#replica, frame.cursor);
      this.health.take(frame);
    }
    const at = sentAt(frame);
    if (at !== null) this.#clock.hear(at);
  }

  /** What is shown and what is sent are not of one world, the real one or an exercise: nothing is shown or sent. */
  get wrong(): boolean {
    return this.#wrong;
  }

  #belongs(exercise: boolean | undefined): boolean {
    return Boolean(exercise) === Boolean(this.place.exercise);
  }

  #shut(): void {
    this.#wrong = true;
    this.#replica = emptyReplica();
    this.#connection.stop();
  }

  /** Sends a command and applies its receipt, so the screen follows the record and not the click. */
  async send(path: string, body: unknown, options: SendOptions = {}): Promise<Answer> {
    const kept = { ...options, key: options.key ?? newKey() };
    const work = this.proof.within(kept.key, () => send<Answer>(path, body, kept));
    const answer = await this.#guard(work);
    this.#take(applyAnswer(this.#replica, answer), answer.events);
    return answer;
  }

  /** What became of an action whose answer was lost; null if the server knows of none. */
  async receipt(key: string): Promise<Answer | null> {
    try {
      const answer = await this.read<Answer>(`/api/receipts/${encodeURIComponent(key)}`);
      this.#take(applyAnswer(this.#replica, answer), answer.events);
      return answer;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  }

  /** Many at once. Where some want a proof first, all go again under their key: what is recorded stays as it is. */
  async sendBulk(path: string, body: unknown, options: SendOptions = {}): Promise<BulkAnswer> {
    const kept = { ...options, key: options.key ?? newKey() };
    const answer = await this.#sendBulk(path, body, kept);
    const asked = answer.results.some((row) => !row.ok && asksForProof(row.problem.code));
    return asked && (await this.proof.demand(kept.key)) ? this.#sendBulk(path, body, kept) : answer;
  }

  async #sendBulk(path: string, body: unknown, options: SendOptions): Promise<BulkAnswer> {
    const answer = await this.#guard(send<BulkAnswer>(path, body, options));
    for (const row of answer.results) {
      if (row.ok) this.#take(applyAnswer(this.#replica, row.answer), row.answer.events);
      else if (row.problem.current) this.#learn(row.problem.current);
    }
    return answer;
  }

  read<T>(path: string): Promise<T> {
    return this.#guard(read<T>(path, { receiptMs: READ_MS }));
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Problem) {
        if (error.current) this.#learn(error.current);
        if (error.status === 401) this.#standing = 'expired';
      }
      throw error;
    }
  }

  #learn(current: Change): void {
    this.#replica = applyChange(this.#replica, current);
  }

  #take(next: Replica, events: readonly FeedEvent[]): void {
    this.#replica = next;
    this.#hearing.tell(events);
  }

  readonly #woke = (): void => {
    if (document.visibilityState === 'visible' && this.silentMs > 6_000) this.#connection.kick();
  };

  readonly #keep = (): void => {
    if (!this.#pulse.complete) return;
    const at = this.heardAt ?? new Date().toISOString();
    keepPicture(this.#keepingPlace(), {
      at,
      frame: pictureOf(this.#replica, at, Boolean(this.place.exercise)),
    });
  };

  #keepingPlace(): string {
    return `picture:${this.place.region}:${this.place.audience ?? ''}`;
  }
}

/** The server's time as it sent a frame. A snapshot was read seconds ago, for all who come about then; the hello
 *  before it tells the time. */
function sentAt(frame: Frame): string | null {
  if (frame.type === 'hello') return frame.server_time;
  return frame.type !== 'snapshot' && 'at' in frame ? frame.at : null;
}
