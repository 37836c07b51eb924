// The desk is one dispatcher's working state: what is armed, ticked, being sent or open to undo.
// It owns no facts: whatever it shows as done, the record said first.
import { SvelteSet } from 'svelte/reactivity';
import { newKey, send } from '../api/commands';
import type {
  Answer,
  Boot,
  BulkAnswer,
  ClaimsForm,
  CrewForm,
  KeepForm,
  Option,
  RedirectForm,
} from '../api/wire';
import { t } from '../i18n';
import type { World } from '../state/world.svelte';
import {
  affectedGroups,
  type Group,
  inboundBySite,
  nextUndecided,
  type Row,
  rowsInOrder,
} from './affected';
import type { Alarm } from './alarms';
import { Announcer } from './announcer.svelte';
import type { Item } from './bulk';
import { SceneDraft } from './casualties/draft.svelte';
import { attestedBySite, cautionsBySite } from './cautions';
import { claimants, heldHere } from './claims';
import { Holding } from './holding';
import {
  firstThree,
  gatesSignature,
  OPTIONS_OLD_MS,
  OptionBook,
  questionOf,
} from './optionbook.svelte';
import { type Panel, panelAbout } from './panel';
import { type Rights, rightsOf } from './rights';
import { Tray } from './tray.svelte';
import { Watch } from './watch.svelte';
import { Writes } from './writes.svelte';

export class Desk {
  readonly world: World;
  readonly boot: Boot;
  readonly may: Rights;
  readonly tray: Tray;
  readonly options: OptionBook;
  readonly announcer = new Announcer();
  readonly writes: Writes;
  readonly watch: Watch;
  readonly ticked = new SvelteSet<string>();
  /** tells the other desks what this one is deciding about */
  readonly holding: Holding;
  /** what the open review would send */
  reviewing = $state.raw<readonly string[]>([]);
  /** a place with many casualties that is being written down */
  readonly scene = new SceneDraft();
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
  readonly #stopListening: () => void;
  /** this open console among all others */
  readonly #id = newKey();

  constructor(world: World, boot: Boot) {
    this.world = world;
    this.boot = boot;
    this.may = rightsOf(boot);
    this.tray = new Tray(world);
    this.options = new OptionBook({
      read: (path) => world.read(path),
      region: boot.region,
      now: () => world.now,
    });
    this.writes = new Writes(world, this.announcer, ({ events }) => this.tray.take(events));
    this.watch = new Watch({
      world,
      rows: () => this.rows,
      policy: () => this.policy,
      me: boot.user.name,
    });
    this.holding = new Holding({ tell: (ids) => this.#tellHeld(ids), now: () => world.now });
    this.#stopListening = world.listen((event) => this.watch.take(event));
  }

  readonly policy = $derived.by(() => this.world.region?.policy ?? null);
  readonly groups: Group[] = $derived.by(() =>
    affectedGroups(this.world, this.policy?.near_arrival_s ?? 240),
  );
  readonly rows: Row[] = $derived.by(() => rowsInOrder(this.groups));
  readonly undecided = $derived.by(() => this.rows.filter((row) => row.stage === 'undecided'));
  /** ticked, and not decided about by somebody else since */
  readonly picked = $derived.by(() => this.undecided.filter((row) => this.ticked.has(row.id)));
  readonly inbound = $derived.by(() => inboundBySite(this.world.transports));
  readonly gates = $derived.by(() => gatesSignature(this.world.sites));
  /** Ten seconds: for what changes by the minute, so that the whole table is not drawn every second. */
  readonly unhurried = $derived.by(() => Math.floor(this.world.now / 10_000) * 10_000);
  readonly cautions = $derived.by(() => cautionsBySite(this.world, this.unhurried));
  readonly #attested = $derived.by(() => attestedBySite(this.world.diversions));

  /** Seconds since what is declared at a site was last confirmed; null where nothing is. */
  attestedS(siteId: string): number | null {
    const at = this.#attested.get(siteId);
    return at === undefined ? null : Math.max(0, (this.unhurried - at) / 1000);
  }

  /** Who else is at each vehicle just now. */
  readonly others = $derived.by(() => claimants(this.world.claims, this.#id));
  readonly #held = $derived.by(() =>
    heldHere(this.armed?.rowId ?? null, this.panel, this.reviewing).join(),
  );

  get active(): boolean {
    return this.may.command && this.world.writable;
  }

  close(): void {
    this.#stopListening();
    this.holding.want([]);
    this.options.close();
    this.announcer.close();
  }

  /** Takes up and gives up vehicles as this desk does; read by an effect. */
  claim(): void {
    const held = this.active ? this.#held : '';
    this.holding.want(held ? held.split(',') : []);
  }

  async #tellHeld(transports: readonly string[]): Promise<void> {
    const body: ClaimsForm = { desk: this.#id, transports: [...transports] };
    await send(`/api/regions/${encodeURIComponent(this.boot.region)}/claims`, body);
  }

  row(id: string): Row | null {
    return this.rows.find((row) => row.id === id) ?? null;
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
    const answer = await this.writes.act(row.id, `/api/transports/${row.id}/redirect`, body);
    if (!answer) return false;
    this.#moveOn(row.id, next);
    return true;
  }

  async keep(row: Row, reason: string): Promise<boolean> {
    const version = this.world.versionOf('transport', row.id);
    const body: KeepForm = { reason, ...(version === undefined ? {} : { version }) };
    const next = nextUndecided(this.rows, row.id);
    const answer = await this.writes.act(row.id, `/api/transports/${row.id}/keep`, body);
    if (answer) this.#moveOn(row.id, next);
    return answer !== null;
  }

  async crewAnswered(row: Row): Promise<void> {
    if (!row.redirect) return;
    const body: CrewForm = { channel: 'radio' };
    await this.writes.next(row.id, `/api/redirects/${row.redirect.id}/acknowledge`, body);
  }

  async undo(redirectIds: readonly string[]): Promise<void> {
    await Promise.all(
      redirectIds.map((id) => {
        const transport = this.world.redirects.get(id)?.transport_id;
        return this.writes.next(transport ?? id, `/api/redirects/${id}/cancel`, {});
      }),
    );
  }

  /** What was pressed last, its receipt awaited; never the one before it because that one failed. */
  async undoLast(): Promise<void> {
    if (!(await this.writes.latestMadeIt())) return;
    const last = this.tray.open.at(-1);
    if (last) await this.undo(last.redirectIds);
  }

  seen(diversionId: string): Promise<Answer | null> {
    return this.writes.act(diversionId, `/api/diversions/${diversionId}/seen`, {});
  }

  edAnsweredByPhone(noticeId: string): Promise<Answer | null> {
    return this.writes.act(noticeId, `/api/notices/${noticeId}/acknowledge`, {});
  }

  /** Parcels of one review are one entry in the undo tray. */
  async sendMany(items: readonly Item[], key: string, batch: string): Promise<BulkAnswer> {
    const path = `/api/regions/${this.boot.region}/redirects`;
    const answer = await this.world.sendBulk(path, { items }, { key });
    const events = answer.results.flatMap((row) => (row.ok ? row.answer.events : []));
    this.tray.take(events, batch);
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
    else this.watch.hear(alarm);
  }

  /** Takes the person to what an alarm is about. */
  show(alarm: Alarm): void {
    const first = this.rows.find((one) => one.fromId === alarm.siteId)?.id ?? null;
    // A request to reopen is answered in the hospital's own sheet, whoever is on the way there.
    const about = alarm.kind === 'declaration' || alarm.kind === 'colleague' ? first : null;
    const row = alarm.transportId ?? about;
    if (row && this.row(row)) this.focusRow(row);
    else this.panel = panelAbout(alarm);
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

  /** Our own decision takes us to the next one, but only if the focus is still where we decided. */
  #moveOn(from: string, next: string | null): void {
    if (this.current === from && next) this.focusRow(next);
  }
}
