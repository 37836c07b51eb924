// Where on the hospital page somebody is, and what was pressed there: one view at a time, one
// attempt at a time, and a receipt only for what the server has recorded.
import type {
  AmendForm,
  Answer,
  AttestForm,
  Diversion,
  ReasonForm,
  ReopenForm,
  Site,
} from '../api/wire';
import type { World } from '../state/world.svelte';
import { Attempt, type Purpose } from './attempt.svelte';

/** What is done to a running declaration: the address that does it, and what an attempt at it is called. */
const VERB = {
  amend: 'amend',
  attest: 'attest',
  confirm: 'confirm',
  reopen: 'reopening',
  withdraw: 'withdraw',
} as const;
export type Verb = keyof typeof VERB;
/** Confirming what 112 declared is an attestation too, and is told as one where it does not arrive. */
const PURPOSE: Record<Verb, Purpose> = {
  amend: 'amend',
  attest: 'attest',
  confirm: 'attest',
  reopen: 'reopen',
  withdraw: 'withdraw',
};

type ReceiptView = {
  kind: 'receipt';
  what: Verb | 'declare';
  answer: Answer;
  ids: readonly string[];
  /** those of several that were taken back from this receipt */
  taken: readonly string[];
  /** at which site each is: a row that has ended no longer says */
  places: ReadonlyMap<string, string>;
};
export type View =
  | { kind: 'home' }
  | { kind: 'declare' | 'quarantine' }
  | { kind: 'amend' | 'reopen'; id: string; changedBy: string | null }
  | { kind: 'history'; id: string | null }
  | ReceiptView;

/** One declaration of a receipt, as it is now. */
export type ReceiptItem = {
  id: string;
  row: Diversion | null;
  names: Site['name'] | null;
  taken: boolean;
};

export class Visit {
  readonly attempt: Attempt;
  view = $state.raw<View>({ kind: 'home' });
  readonly #world: World;
  #lastActor = $state.raw<ReadonlyMap<string, string>>(new Map());

  constructor(world: World, siteId: string, by: string) {
    this.#world = world;
    this.attempt = new Attempt(world, siteId, by, (answer) => this.#showReceipt(answer));
  }

  readonly busy = $derived.by(() => this.attempt.phase === 'sending');
  /** The declaration that is being changed. */
  readonly subject: Diversion | null = $derived.by(() =>
    'id' in this.view && this.view.id ? (this.#world.diversions.get(this.view.id) ?? null) : null,
  );
  readonly receipt = $derived.by(() => (this.view.kind === 'receipt' ? this.view : null));
  readonly items: ReceiptItem[] = $derived.by(() =>
    (this.receipt?.ids ?? []).map((id) => ({
      id,
      row: this.#world.diversions.get(id) ?? null,
      names: this.#world.sites.get(this.receipt?.places.get(id) ?? '')?.name ?? null,
      taken: this.receipt?.taken.includes(id) ?? false,
    })),
  );
  /** How many vehicles the declaration of a receipt met on their way; null when it did not say. */
  readonly affected = $derived.by(() => {
    const told = this.receipt?.answer.events.map((event) => event.fact.affected) ?? [];
    const counted = told.filter((one): one is unknown[] => Array.isArray(one));
    return counted.length > 0 ? counted.reduce((sum, one) => sum + one.length, 0) : null;
  });
  /** Who made the change that this attempt came too late for. */
  readonly conflictBy = $derived.by(() => {
    const id = this.attempt.problem?.current?.id;
    return id ? (this.#lastActor.get(id) ?? null) : null;
  });

  /** Begins to listen to the world and to the browser's own "back"; the answer ends it. */
  begin(): () => void {
    // A view is not a place further down: each begins at its top.
    history.scrollRestoration = 'manual';
    this.attempt.restore();
    const ends = [
      this.#rememberActors(),
      on('popstate', () => this.#back()),
      on('online', () => this.attempt.hurry()),
      on('beforeunload', (event) => {
        if (this.busy || this.attempt.phase === 'not_sent') event.preventDefault();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** The phone's own "back" leaves a sheet, not the hospital. */
  open(next: View): void {
    if (this.view.kind === 'home') history.pushState(null, '');
    this.view = next;
    toTop();
  }

  home(): void {
    if (this.view.kind === 'home') return;
    this.view = { kind: 'home' };
    history.back();
  }

  say(path: string, said: unknown): void {
    void this.attempt.begin('declare', path, said);
  }

  act(
    verb: Verb,
    diversion: Diversion,
    body: AmendForm | AttestForm | ReopenForm | ReasonForm,
  ): void {
    const path = `/api/diversions/${encodeURIComponent(diversion.id)}/${VERB[verb]}`;
    void this.attempt.begin(PURPOSE[verb], path, body);
  }

  /** One press: what is so is still so, or what 112 declared is so. */
  affirm(verb: 'attest' | 'confirm', diversion: Diversion): void {
    if (this.busy) return;
    this.act(verb, diversion, { version: this.#world.versionOf('diversion', diversion.id) });
  }

  change(kind: 'amend' | 'reopen', diversion: Diversion): void {
    this.open({ kind, id: diversion.id, changedBy: null });
  }

  giveUp(): void {
    this.attempt.dismiss();
    this.home();
  }

  /** The server says that this takes 112: the way on is to ask. */
  askInstead(): void {
    const id = this.attempt.problem?.current?.id ?? ('id' in this.view ? this.view.id : null);
    this.attempt.dismiss();
    const known = id ? this.#world.diversions.get(id) : undefined;
    if (known) this.change('reopen', known);
    else this.home();
  }

  /** After a conflict the sheet starts again from what is recorded now. */
  review(): void {
    const current = this.attempt.problem?.current;
    this.attempt.dismiss();
    const known =
      current?.kind === 'diversion' ? this.#world.diversions.get(current.id) : undefined;
    // What was pressed on the home page is read there again.
    if (!known || this.view.kind === 'home') this.home();
    else {
      const changedBy = this.#lastActor.get(known.id) ?? null;
      this.open({ kind: 'amend', id: known.id, changedBy });
    }
  }

  #rememberActors(): () => void {
    return this.#world.listen((event) => {
      const ids = event.changes
        .filter((change) => change.kind === 'diversion')
        .map((change) => [change.id, event.actor.name] as const);
      if (ids.length > 0) this.#lastActor = new Map([...this.#lastActor, ...ids]);
    });
  }

  #back(): void {
    if (this.busy) return;
    this.view = { kind: 'home' };
    toTop();
  }

  #showReceipt(answer: Answer): void {
    const work = this.attempt.work;
    const told = answer.events.flatMap((event) =>
      event.changes
        .filter((one) => one.kind === 'diversion')
        .map((one) => ({ id: one.id, site: event.fact.site })),
    );
    const ids = [...new Set(told.map((one) => one.id))];
    if (this.view.kind === 'receipt' && this.view.ids.length > 1 && work?.purpose === 'withdraw') {
      this.view = { ...this.view, taken: [...this.view.taken, ...ids] };
      return;
    }
    const confirmed = answer.events.some((event) => event.kind === 'diversion.confirmed');
    const places = new Map(told.map((one) => [one.id, String(one.site ?? '')]));
    const what = confirmed ? 'confirm' : (work?.purpose ?? 'amend');
    this.open({ kind: 'receipt', what, answer, ids, taken: [], places });
  }
}

function on<Name extends keyof WindowEventMap>(
  name: Name,
  heard: (event: WindowEventMap[Name]) => void,
): () => void {
  window.addEventListener(name, heard);
  return () => window.removeEventListener(name, heard);
}

function toTop(): void {
  window.scrollTo(0, 0);
  // In an exercise the page scrolls inside its frame.
  document.getElementById('app')?.scrollTo(0, 0);
}
