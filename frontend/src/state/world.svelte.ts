// One world per page: frames and receipts enter here, everything on screen reads from here, and
// only what the server confirmed is in it.
import { NotSent, newKey, Problem, read, type SendOptions, send } from '../api/commands';
import type {
  Answer,
  BulkAnswer,
  Change,
  FeedEvent,
  Frame,
  Held,
  Lacking,
  Region,
  SnapshotFrame,
} from '../api/wire';
import { FeedConnection, type Probe, type Standing } from '../feed/connection';
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
import { noSkew, observe } from './clock';
import { keepPicture, keptPicture } from './kept';
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

export type WorldPlace = {
  region: string;
  /** "sites:a,b" for a dispatcher who wants a site's view; the server decides when absent */
  audience?: string;
  /** whether the page was opened as an exercise; a feed that says otherwise shuts it */
  exercise?: boolean;
};

const CLOCK_DEAD_MS = 10_000;
/** A question may take longer than a receipt: three hundred vehicles are planned together. */
const READ_MS = 20_000;

export type EventListener = (event: FeedEvent) => void;

export class World {
  readonly place: WorldPlace;
  readonly proof = new Proof();
  #replica = $state.raw<Replica>(emptyReplica());
  #pulse = $state.raw<Pulse>(beginPulse(instant()));
  #skew = $state.raw(noSkew);
  #beat = $state(0);
  #now = $state(Date.now());
  #standing = $state<Standing>('dialling');
  #heardAt = $state<string | null>(null);
  #keptAt = $state<string | null>(null);
  #clockLagMs = $state<number | null>(null);
  #ticked = $state(false);
  #without = $state.raw<readonly Lacking[]>([]);
  #wrong = $state(false);
  #claims = $state.raw<readonly Held[]>([]);
  readonly #connection: FeedConnection;
  readonly #listeners = new Set<EventListener>();
  readonly #heard = new Set<string>();
  #second: ReturnType<typeof setTimeout> | null = null;

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
    return this.#now;
  }

  get freshness(): Freshness {
    void this.#beat;
    return freshness(this.#pulse, instant());
  }

  get silentMs(): number {
    void this.#beat;
    return silentFor(this.#pulse, instant());
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Server time of the last frame; null before the first. */
  get heardAt(): string | null {
    return this.#heardAt;
  }

  /** When the picture on screen is only the one kept from before a reload: its time. */
  get keptAt(): string | null {
    return this.#pulse.complete ? null : this.#keptAt;
  }

  /** How long before the last tick the server's own clock last lived; null: it never did. */
  get clockLagMs(): number | null {
    return this.#clockLagMs;
  }

  /** Nothing escalates by itself while the server's clock is dead. */
  get clockDead(): boolean {
    return this.#ticked && (this.#clockLagMs === null || this.#clockLagMs > CLOCK_DEAD_MS);
  }

  /** What the server does without just now while its picture stays right, as of its last tick. */
  get without(): readonly Lacking[] {
    return this.#without;
  }

  get complete(): boolean {
    return this.#pulse.complete;
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
    this.#everySecond();
    document.addEventListener('visibilitychange', this.#woke);
    window.addEventListener('online', this.#woke);
    window.addEventListener('pagehide', this.#keep);
    // A page without the frame that the server draws around an exercise must not show one.
    if (inExercise() !== Boolean(this.place.exercise)) this.#shut();
    else this.#connection.start();
  }

  stop(): void {
    if (this.#second) clearTimeout(this.#second);
    document.removeEventListener('visibilitychange', this.#woke);
    window.removeEventListener('online', this.#woke);
    window.removeEventListener('pagehide', this.#keep);
    this.#connection.stop();
  }

  retry(): void {
    this.#connection.kick();
  }

  /** Told of every event once, from the feed or from a receipt, never of those in a snapshot. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
      this.#clockLagMs = frame.clock_at ? Date.parse(frame.at) - Date.parse(frame.clock_at) : null;
      this.#ticked = true;
      // A server of an earlier version does not say.
      this.#without = frame.without ?? [];
    }
    this.#setClock(frame);
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
    const work = this.proof.within(() => send<Answer>(path, body, kept));
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
    return asked && (await this.proof.demand()) ? this.#sendBulk(path, body, kept) : answer;
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
    for (const event of events) {
      if (this.#heard.has(event.id)) continue;
      this.#heard.add(event.id);
      for (const listener of this.#listeners) listener(event);
    }
    this.#forget();
  }

  /** A shift is long: only recent ids can still come twice. */
  #forget(): void {
    if (this.#heard.size <= 2_000) return;
    for (const id of [...this.#heard].slice(0, 1_000)) this.#heard.delete(id);
  }

  #setClock(frame: Frame): void {
    const at = frame.type === 'hello' ? frame.server_time : 'at' in frame ? frame.at : null;
    if (at === null) return;
    this.#skew = observe(this.#skew, at, Date.now());
    this.#heardAt = at;
    this.#draw();
  }

  #draw(): void {
    this.#now = Date.now() + this.#skew.ms;
    this.#beat += 1;
  }

  #everySecond(): void {
    const lapsed = lapse(this.#pulse, instant());
    if (lapsed !== this.#pulse) this.#pulse = lapsed;
    this.#draw();
    // Just after the server's full second, so that no second is skipped or shown twice.
    this.#second = setTimeout(() => this.#everySecond(), 1_020 - (this.#now % 1_000));
  }

  readonly #woke = (): void => {
    if (document.visibilityState === 'visible' && this.silentMs > 6_000) this.#connection.kick();
  };

  readonly #keep = (): void => {
    if (!this.#pulse.complete) return;
    const at = this.#heardAt ?? new Date().toISOString();
    keepPicture(this.#keepingPlace(), {
      at,
      frame: picture(this.#replica, at, Boolean(this.place.exercise)),
    });
  };

  #keepingPlace(): string {
    return `picture:${this.place.region}:${this.place.audience ?? ''}`;
  }
}

function picture(replica: Replica, at: string, exercise: boolean): SnapshotFrame {
  const entities = Object.entries(replica.entities).flatMap(([kind, rows]) =>
    [...rows.entries()].map(([id, state]) => ({
      kind,
      id,
      version: replica.versions.get(`${kind}/${id}`) ?? 0,
      state,
    })),
  );
  return {
    type: 'snapshot',
    exercise,
    cursor: replica.cursor ?? '',
    at,
    entities: entities as never[],
    positions: [...replica.positions.values()],
    log: replica.log.map((entry) => ({ ...entry, changes: [] })),
  };
}

function feedUrl(place: WorldPlace, after: string | null): string {
  const url = new URL(`/feed/${encodeURIComponent(place.region)}`, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (after) url.searchParams.set('after', after);
  if (place.audience) url.searchParams.set('audience', place.audience);
  return url.href;
}

async function probeSession(): Promise<Probe> {
  try {
    await read('/api/me');
    return 'welcome';
  } catch (error) {
    if (error instanceof NotSent) return 'unreachable';
    if (!(error instanceof Problem)) throw error;
    return error.status === 401 || error.status === 403 ? 'expired' : 'unreachable';
  }
}
