// The alarms of one desk: what stands and what passes, and which of them this desk has taken on.
// Taking on quiets a cause here only, and only as urgent as it was then.
import { SvelteMap } from 'svelte/reactivity';
import type { Diversion, FeedEvent, Region } from '../api/wire';
import type { World } from '../state/world.svelte';
import type { Audible, Priority } from '../ui/annunciator';
import type { Row } from './affected';
import { type Alarm, alarm, byPriority, PASSING_MS, passingAlarm, standingAlarms } from './alarms';
import { failureKey } from './sitealarms';

export type WatchPorts = {
  world: World;
  rows: () => readonly Row[];
  policy: () => Region['policy'] | null;
  /** the name under which this desk's own acts are recorded */
  me: string;
};

const NO_RULES = {
  crew_overdue_s: 30,
  silent_after_s: 30,
  alarm_closed_percent: 0,
  alarm_long_hours: 0,
};
const DESK_ROLES = new Set(['dispatcher', 'supervisor']);

export class Watch {
  readonly #ports: WatchPorts;
  readonly #heard = new SvelteMap<string, Priority>();
  #passing = $state.raw<readonly Alarm[]>([]);
  /** declarations this desk is sending: their alarm is answered by having made them */
  #declaring = 0;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  readonly alarms: Alarm[] = $derived.by(() => {
    const { world, rows, policy } = this.#ports;
    const feed = {
      freshness: world.freshness,
      expired: world.standing === 'expired',
      lostAt: world.heardAt ? Date.parse(world.heardAt) : world.now,
      clockDead: world.health.clockDead,
    };
    const standing = standingAlarms(world, rows(), world.now, policy() ?? NO_RULES, feed);
    const causes = new Set(standing.flatMap((one) => one.keys));
    const passing = this.#passing.filter(
      (one) => world.now - one.since < PASSING_MS && !one.keys.some((key) => causes.has(key)),
    );
    return [...standing, ...passing];
  });
  readonly waiting: Alarm[] = $derived.by(() =>
    this.alarms.filter((one) => !this.isHeard(one)).sort(byPriority),
  );

  isHeard(one: Alarm): boolean {
    return one.keys.every((key) => (this.#heard.get(key) ?? 4) <= one.priority);
  }

  hear(one: Alarm): void {
    for (const key of one.keys) this.#heard.set(key, one.priority);
  }

  newest(): Alarm | null {
    return [...this.waiting].sort((a, b) => b.since - a.since)[0] ?? null;
  }

  /** What the annunciator is told: a cause that became more urgent is a new sound. */
  audibles(): Audible[] {
    return this.alarms.map((one) => ({
      id: `${one.id}/${one.priority}`,
      priority: one.priority,
      quiet: this.isHeard(one),
    }));
  }

  /** Once a second: what has ceased is forgotten, so that it calls again should it come back. */
  forget(): void {
    if (!this.#ports.world.complete) return;
    const standing = new Set(this.alarms.flatMap((one) => one.keys));
    for (const key of [...this.#heard.keys()]) if (!standing.has(key)) this.#heard.delete(key);
  }

  /** Runs a declaration of this desk, whose alarm does not call here. */
  async declaring<T>(work: () => Promise<T>): Promise<T> {
    this.#declaring += 1;
    try {
      return await work();
    } finally {
      this.#declaring -= 1;
    }
  }

  take(event: FeedEvent): void {
    const passing =
      event.kind === 'diversion.declared'
        ? this.#declared(event)
        : event.kind === 'mass_casualty.opened'
          ? this.#casualties(event)
          : passingAlarm(event);
    if (!passing) return;
    const { now } = this.#ports.world;
    const others = this.#passing.filter(
      (one) => now - one.since < PASSING_MS && one.id !== passing.id,
    );
    const former = this.#passing.find((one) => one.id === passing.id);
    const siteIds = [...new Set([...(former?.siteIds ?? []), ...passing.siteIds])];
    this.#passing = [...others, { ...passing, siteIds }];
  }

  /** Who opened it knows; every other desk has to hear that many are coming. */
  #casualties(event: FeedEvent): Alarm | null {
    if (event.actor.name === this.#ports.me) return null;
    const { mass_casualty: id, place } = event.fact as Record<string, string | undefined>;
    return alarm('casualties', event.id, event.at, {
      casualtyId: id ?? null,
      name: place ?? null,
    });
  }

  /** A colleague's declaration is marked seen with it; every other desk hears of it all the same. */
  #declared(event: FeedEvent): Alarm | null {
    const row = event.changes.find((one) => one.kind === 'diversion')?.state as Diversion | null;
    if (!row) return null;
    const key = failureKey(row);
    if (event.actor.name === this.#ports.me && this.#declaring > 0) {
      this.#heard.set(key, 1);
      return null;
    }
    if (!DESK_ROLES.has(event.actor.role ?? '') || event.actor.name === this.#ports.me) return null;
    return alarm('colleague', key, event.at, {
      siteId: row.site_id,
      diversionId: row.id,
      // The standing alarm of the same cause went before it: one name, one sound.
      id: key,
      keys: [key],
      name: event.actor.name,
    });
  }
}
