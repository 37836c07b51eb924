// The desk is one dispatcher's working state: what is armed, ticked, being sent or open to undo.
// It owns no facts: whatever it shows as done, the record said first.
import { SvelteSet } from 'svelte/reactivity';
import type {
  Answer,
  Boot,
  BulkAnswer,
  CrewForm,
  FeedEvent,
  KeepForm,
  Option,
  RedirectForm,
} from '../api/wire';
import { t } from '../i18n';
import type { World } from '../state/world.svelte';
import { Write } from '../state/write.svelte';
import {
  affectedGroups,
  type Group,
  inboundBySite,
  nextUndecided,
  type Row,
  rowsInOrder,
} from './affected';
import { type Alarm, PASSING_MS, passingAlarm, standingAlarms } from './alarms';
import { Announcer } from './announcer.svelte';
import type { Item } from './bulk';
import {
  firstThree,
  gatesSignature,
  OPTIONS_OLD_MS,
  OptionBook,
  questionOf,
} from './optionbook.svelte';
import { remember, stillUndoable, UNDO_MS, type Undoable } from './undo';

export type Panel =
  | { kind: 'keep'; rowId: string }
  | { kind: 'other'; rowId: string; siteId: string | null }
  | { kind: 'bulk'; siteId: string | null; only: ReadonlySet<string> | null }
  | { kind: 'site'; siteId: string }
  | { kind: 'declare'; siteId: string }
  | { kind: 'alarms' }
  | { kind: 'reaching' }
  | { kind: 'help' }
  | { kind: 'palette' };

const COMMANDING = new Set(['dispatcher', 'supervisor']);
const TESTING = new Set(['supervisor', 'administrator']);

export class Desk {
  readonly world: World;
  readonly boot: Boot;
  readonly options: OptionBook;
  readonly announcer = new Announcer();
  readonly ticked = new SvelteSet<string>();
  readonly heard = new SvelteSet<string>();
  panel = $state.raw<Panel | null>(null);
  armed = $state.raw<{ rowId: string; siteId: string } | null>(null);
  /** the row the keyboard is on */
  current = $state<string | null>(null);
  /** the row whose options the pointer is on */
  pointed: string | null = null;
  selectedSite = $state<string | null>(null);
  selectedTransport = $state<string | null>(null);
  /** where the list should take the focus; a new object is a new wish */
  focusWish = $state.raw<{ readonly id: string | null }>({ id: null });
  readonly #writes = new Map<string, Write>();
  #tray = $state.raw<readonly Undoable[]>([]);
  #passing = $state.raw<readonly Alarm[]>([]);
  readonly #stopListening: () => void;

  constructor(world: World, boot: Boot) {
    this.world = world;
    this.boot = boot;
    this.options = new OptionBook({
      read: (path) => world.read(path),
      region: boot.region,
      now: () => world.now,
    });
    this.#stopListening = world.listen((event) => this.#hear(event));
  }

  readonly mayCommand = $derived.by(() => this.#holds(COMMANDING));
  /** may have any channel tested */
  readonly mayTest = $derived.by(() => this.#holds(TESTING));
  readonly policy = $derived.by(() => this.world.region?.policy ?? null);
  readonly groups: Group[] = $derived.by(() =>
    affectedGroups(this.world, this.policy?.near_arrival_s ?? 240),
  );
  readonly rows: Row[] = $derived.by(() => rowsInOrder(this.groups));
  readonly undecided = $derived.by(() => this.rows.filter((row) => row.stage === 'undecided'));
  readonly inbound = $derived.by(() => inboundBySite(this.world.transports));
  readonly gates = $derived.by(() => gatesSignature(this.world.sites));

  readonly alarms: Alarm[] = $derived.by(() => {
    const { world } = this;
    const standing = standingAlarms(
      world,
      this.rows,
      world.now,
      this.policy?.crew_overdue_s ?? 30,
      {
        freshness: world.freshness,
        expired: world.standing === 'expired',
        lostAt: world.heardAt ? Date.parse(world.heardAt) : world.now,
        clockDead: world.clockDead,
      },
    );
    return [...standing, ...this.#passing.filter((one) => world.now - one.since < PASSING_MS)];
  });

  get active(): boolean {
    return this.mayCommand && this.world.writable;
  }

  readonly tray: Undoable[] = $derived.by(() =>
    stillUndoable(this.#tray, this.world.redirects, this.world.now),
  );

  #holds(roles: ReadonlySet<string>): boolean {
    return this.boot.roles.some(
      (held) => roles.has(held.role) && (held.region === null || held.region === this.boot.region),
    );
  }

  close(): void {
    this.#stopListening();
    this.options.close();
    this.announcer.close();
  }

  row(id: string): Row | null {
    return this.rows.find((row) => row.id === id) ?? null;
  }

  write(id: string): Write {
    let write = this.#writes.get(id);
    if (!write) {
      write = new Write();
      this.#writes.set(id, write);
    }
    return write;
  }

  wantOptions(): void {
    const wanted = this.undecided.map(
      (row) => [row.id, questionOf(row.transport, this.gates)] as const,
    );
    this.options.want(new Map(wanted));
  }

  /** Called once a second, with the row that has the focus: vehicles move on, so times are told anew. */
  renewOptions(focused: string | null): void {
    if (this.world.freshness !== 'live') return;
    const held = [focused, this.pointed, this.armed?.rowId ?? null].filter((id) => id !== null);
    void this.options.renew(new Set(held));
  }

  /** How old the times shown in a row are (ms), once they are old enough to be said so. */
  optionsAge(rowId: string): number | null {
    const entry = this.options.get(rowId);
    const age = entry && entry.options.length > 0 ? this.world.now - entry.askedAt : 0;
    return age > OPTIONS_OLD_MS ? age : null;
  }

  /** The options shown in a row, in their numbered order. */
  choices(rowId: string): { shown: readonly Option[]; noneOpen: boolean } {
    return firstThree(this.options.get(rowId)?.options ?? []);
  }

  arm(rowId: string, choice: number): void {
    const option = this.choices(rowId).shown[choice - 1];
    if (option) this.armed = { rowId, siteId: option.site_id };
  }

  /** Orders an option, or asks for the reason first where the site does not admit the patient. */
  choose(row: Row, option: Option): void {
    this.armed = null;
    if (option.admits) void this.order(row, option.site_id);
    else this.panel = { kind: 'other', rowId: row.id, siteId: option.site_id };
  }

  commitArmed(rowId: string): void {
    const armed = this.armed;
    const row = this.row(rowId);
    if (!row || armed?.rowId !== rowId) return;
    const option = this.choices(rowId).shown.find((one) => one.site_id === armed.siteId);
    if (option) this.choose(row, option);
  }

  async order(row: Row, to: string, reason = ''): Promise<boolean> {
    const version = this.world.versionOf('transport', row.id);
    const body: RedirectForm = {
      to,
      ...(reason ? { reason } : {}),
      ...(version === undefined ? {} : { version }),
    };
    const next = nextUndecided(this.rows, row.id);
    const answer = await this.#act(row.id, `/api/transports/${row.id}/redirect`, body);
    if (!answer) return false;
    this.#remember(answer.events);
    this.#moveOn(row.id, next);
    return true;
  }

  async keep(row: Row, reason: string): Promise<boolean> {
    const version = this.world.versionOf('transport', row.id);
    const body: KeepForm = { reason, ...(version === undefined ? {} : { version }) };
    const next = nextUndecided(this.rows, row.id);
    const answer = await this.#act(row.id, `/api/transports/${row.id}/keep`, body);
    if (answer) this.#moveOn(row.id, next);
    return answer !== null;
  }

  async crewAnswered(row: Row): Promise<void> {
    if (!row.redirect) return;
    const body: CrewForm = { channel: 'radio' };
    await this.#act(row.id, `/api/redirects/${row.redirect.id}/acknowledge`, body);
  }

  async undo(redirectIds: readonly string[]): Promise<void> {
    await Promise.all(
      redirectIds.map((id) => {
        const transport = this.world.redirects.get(id)?.transport_id;
        return this.#act(transport ?? id, `/api/redirects/${id}/cancel`, {});
      }),
    );
  }

  async undoLast(): Promise<void> {
    const last = this.tray.at(-1);
    if (last) await this.undo(last.redirectIds);
  }

  seen(diversionId: string): Promise<Answer | null> {
    return this.#act(diversionId, `/api/diversions/${diversionId}/seen`, {});
  }

  edAnsweredByPhone(noticeId: string): Promise<Answer | null> {
    return this.#act(noticeId, `/api/notices/${noticeId}/acknowledge`, {});
  }

  /** Parcels of one review are one entry in the undo tray. */
  async sendMany(items: readonly Item[], key: string, batch: string): Promise<BulkAnswer> {
    const path = `/api/regions/${this.boot.region}/redirects`;
    const answer = await this.world.sendBulk(path, { items }, { key });
    const events = answer.results.flatMap((row) => (row.ok ? row.answer.events : []));
    this.#remember(events, batch);
    for (const row of answer.results) if (row.ok) this.ticked.delete(row.transport);
    return answer;
  }

  tellMany(done: readonly { ok: boolean }[]): void {
    const n = done.filter((one) => one.ok).length;
    this.announcer.say(t('console:said.bulk', { n, failed: done.length - n }));
  }

  /** K: a declaration is marked seen for all; anything else is heard at this desk. */
  acknowledge(alarm: Alarm): void {
    if (alarm.kind === 'declaration' && alarm.diversionId && this.active)
      void this.seen(alarm.diversionId);
    else this.heard.add(alarm.id);
  }

  newestUnheard(): Alarm | null {
    const open = this.alarms.filter((alarm) => !this.heard.has(alarm.id));
    return open.sort((a, b) => b.since - a.since)[0] ?? null;
  }

  /** Who made the last recorded change to a thing: named when a write of ours came too late. */
  lastActor(id: string): string | null {
    const entry = this.world.log.findLast((one) => Object.values(one.fact).includes(id));
    return entry?.actor.name ?? null;
  }

  focusRow(id: string | null): void {
    this.current = id;
    this.focusWish = { id };
  }

  async #act(id: string, path: string, body: unknown): Promise<Answer | null> {
    const write = this.write(id);
    const answer = await write.run((key) => this.world.send(path, body, { key }));
    this.#tell(write);
    return answer;
  }

  async retry(id: string): Promise<void> {
    const write = this.write(id);
    const answer = await write.retry();
    if (answer) this.#remember(answer.events);
    this.#tell(write);
  }

  #tell(write: Write): void {
    if (write.state === 'recorded') {
      const done = t('common:write.done');
      this.announcer.say(write.seq === null ? done : t('common:write.recorded', { n: write.seq }));
    }
    if (write.state === 'not_sent') this.announcer.say(t('common:write.not_sent'));
    if (write.state === 'refused') {
      this.announcer.say(`${t('common:write.refused')} ${write.problem?.detail ?? ''}`);
    }
  }

  #remember(events: readonly FeedEvent[], batch?: string): void {
    const redirectIds = events.flatMap((event) =>
      event.kind === 'redirect.ordered' && typeof event.fact.redirect === 'string'
        ? [event.fact.redirect]
        : [],
    );
    if (redirectIds.length === 0) return;
    this.#tray = remember(this.tray, {
      id: batch ?? redirectIds.join(),
      redirectIds,
      until: this.world.now + UNDO_MS,
    });
  }

  /** Our own decision takes us to the next one, but only if the focus is still where we decided. */
  #moveOn(from: string, next: string | null): void {
    if (this.current === from && next) this.focusRow(next);
  }

  #hear(event: FeedEvent): void {
    const passing = passingAlarm(event);
    if (passing)
      this.#passing = [
        ...this.#passing.filter((one) => this.world.now - one.since < PASSING_MS),
        passing,
      ];
  }
}
