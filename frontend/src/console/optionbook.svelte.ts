// Options are asked for when a transport becomes affected, when a gate changes, and again when they
// have grown old, because the vehicle has moved on; many at once are asked for together, an answer to
// an old question is thrown away, and what is shown keeps the time it was answered for.
import { SvelteMap } from 'svelte/reactivity';
import type { Option, OptionsAnswer, Plan, Site, Transport } from '../api/wire';

export type Entry = {
  readonly question: string;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly options: readonly Option[];
  /** when the options shown were asked for */
  readonly askedAt: number;
};

export type Ports = {
  read: <T>(path: string) => Promise<T>;
  region: string;
  now: () => number;
};

/** What follows at once upon a question is gathered, so that a picture in motion is asked about once. */
const SETTLE_MS = 300;
/** The first question after a quiet moment does not wait: a declaration is one change, and somebody waits for the plan. */
const AT_ONCE_MS = 10;
/** As long as a position passes for present (ux §2): older than that, a journey time is another one. */
export const OPTIONS_FRESH_MS = 30_000;
/** From here on the row says how old its times are: somebody is at it, or they could not be had anew. */
export const OPTIONS_OLD_MS = 45_000;
/** From here on one question about all of them is cheaper than one about each. */
const MANY = 4;

/** Everything that could change the answer, bar the vehicle's own movement. */
export function questionOf(transport: Transport, gates: string): string {
  const { destination_id, ordered_destination_id, urgency, needs, physician_on_board } = transport;
  return JSON.stringify([
    destination_id,
    ordered_destination_id,
    urgency,
    needs,
    physician_on_board,
    gates,
  ]);
}

export function gatesSignature(sites: ReadonlyMap<string, Site>): string {
  return [...sites.values()]
    .map((site) => {
      const { ambulances, smur_destination } = site.gates;
      const closed = Object.keys(site.closed_capabilities).sort().join(',');
      return `${site.id}:${ambulances.value}:${smur_destination.value}:${closed}`;
    })
    .sort()
    .join('|');
}

export class OptionBook {
  readonly #entries = new SvelteMap<string, Entry>();
  readonly #ports: Ports;
  readonly #looked = new Set<string>();
  #wanted = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  get(transportId: string): Entry | null {
    return this.#entries.get(transportId) ?? null;
  }

  /** The transports whose options are needed now; the others are forgotten. */
  want(wanted: ReadonlyMap<string, string>): void {
    this.#wanted = new Map(wanted);
    if (this.#timer) clearTimeout(this.#timer);
    const quiet = this.#ports.now() - this.#lastAsked > SETTLE_MS;
    this.#timer = setTimeout(() => void this.#ask(), quiet ? AT_ONCE_MS : SETTLE_MS);
  }

  /** Asked anew for one: a person looks at it and its answer is old, or it failed. */
  refresh(transportId: string): Promise<void> {
    // A decided transport is not wanted by the list, but somebody is looking at it.
    this.#looked.add(transportId);
    return this.#askOne(transportId);
  }

  /** Ask again for those that have grown old, but for the held: nothing moves under a hand. */
  async renew(held: ReadonlySet<string>): Promise<void> {
    const old = this.#ports.now() - OPTIONS_FRESH_MS;
    await this.#askAll(
      [...this.#wanted.keys()].filter((id) => {
        const entry = this.#entries.get(id);
        return entry?.state === 'ready' && entry.askedAt < old && !held.has(id);
      }),
    );
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    for (const id of [...this.#entries.keys()])
      if (!this.#wanted.has(id) && !this.#looked.has(id)) this.#entries.delete(id);
    const missing = [...this.#wanted.keys()].filter((id) => this.#isMissing(id));
    if (missing.length > 0) this.#lastAsked = this.#ports.now();
    await this.#askAll(missing);
  }

  async #askAll(ids: readonly string[]): Promise<void> {
    if (ids.length > MANY) await this.#askTogether(ids);
    else await Promise.all(ids.map((id) => this.#askOne(id)));
  }

  #isMissing(id: string): boolean {
    const entry = this.#entries.get(id);
    // What failed is asked again whenever the picture moves or comes back, not by a press in every row.
    return entry?.question !== this.#wanted.get(id) || entry?.state === 'failed';
  }

  async #askOne(id: string): Promise<void> {
    const question = this.#begin(id);
    try {
      const path = `/api/transports/${encodeURIComponent(id)}/options`;
      const answer = await this.#ports.read<OptionsAnswer>(path);
      this.#settle(id, question, 'ready', answer.options);
    } catch {
      // Shown in the row as "not obtained", or as old, with a button to ask again.
      this.#settle(id, question, 'failed');
    }
  }

  async #askTogether(ids: readonly string[]): Promise<void> {
    const questions = new Map(ids.map((id) => [id, this.#begin(id)]));
    let obtained = true;
    let found = new Map<string, readonly Option[]>();
    try {
      const plan = await this.#ports.read<Plan>(
        `/api/regions/${encodeURIComponent(this.#ports.region)}/plan`,
      );
      found = new Map(plan.proposals.map((proposal) => [proposal.transport_id, proposal.options]));
    } catch {
      // Every row then says so itself and offers to ask again; three hundred questions would not help.
      obtained = false;
    }
    const left: string[] = [];
    for (const [id, question] of questions) {
      const options = found.get(id);
      if (options) this.#settle(id, question, 'ready', options);
      else if (obtained) left.push(id);
      else this.#settle(id, question, 'failed');
    }
    // The plan leaves out what already has an open order, though its new destination closed too.
    for (const id of left) await this.#askOne(id);
  }

  #begin(id: string): string {
    const question = this.#wanted.get(id) ?? '';
    const former = this.#entries.get(id);
    // Options of a former question are no options any more, unless it is the same one asked again.
    const kept = former?.question === question && former.options.length > 0 ? former : null;
    this.#entries.set(id, {
      question,
      state: 'loading',
      options: kept?.options ?? [],
      askedAt: kept?.askedAt ?? this.#ports.now(),
    });
    return question;
  }

  #settle(
    id: string,
    question: string,
    state: 'ready' | 'failed',
    options?: readonly Option[],
  ): void {
    const entry = this.#entries.get(id);
    if (entry?.question !== question) return;
    const answered = options ? { options, askedAt: this.#ports.now() } : {};
    this.#entries.set(id, { ...entry, state, ...answered });
  }
}

/** The three a dispatcher is shown: those that admit the patient, else the nearest regardless. */
export function firstThree(options: readonly Option[]): {
  shown: readonly Option[];
  noneOpen: boolean;
} {
  const admitting = options.filter((option) => option.admits);
  if (admitting.length > 0) return { shown: admitting.slice(0, 3), noneOpen: false };
  const nearest = [...options].sort((a, b) => a.seconds - b.seconds).slice(0, 3);
  return { shown: nearest, noneOpen: options.length > 0 };
}
