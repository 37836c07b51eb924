// Before the gravest acts the server asks whether it is still the person who logged in. The question is
// asked in place, once for all that waits for it, and what was pressed goes on as it was, under its key.
import { SvelteSet } from 'svelte/reactivity';
import { NotSent, Problem, read, send } from '../api/commands';

export type Way = 'passkey' | 'code' | 'password' | 'card';

/** What the server says of this session: how its person can prove themselves, and for how long it then holds. */
export type Ways = {
  readonly username: string;
  readonly lasts_s: number;
  readonly ways: readonly Way[];
  /** what the browser's own dialog is opened with */
  readonly passkey: PublicKeyCredentialRequestOptionsJSON | null;
};

export type Trouble = 'wrong' | 'too_many' | 'not_sent' | 'not_given' | 'logged_out';

const PATH = '/accounts/prove/';
const CODE = 'reauthentication_required';

/** The keys of what waits for its person to prove themselves: it was refused once and nothing of it is on its way. */
export const unproven = new SvelteSet<string>();

export function asksForProof(code: string): boolean {
  return code === CODE;
}

/** A browser that cannot take the server's question as it is written leaves the other ways. */
export function takesPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== 'undefined' &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
  );
}

export class Proof {
  /** The question as it stands on screen; null while nothing is asked. */
  asked = $state.raw<Ways | null>(null);
  busy = $state(false);
  trouble = $state<Trouble | null>(null);
  /** Whether this page has a place to ask at: without one a refusal stays a refusal. */
  attended = false;
  #waiting: Promise<boolean> | null = null;
  #settle: (proven: boolean) => void = () => undefined;

  /** Carries out a command; if the server wants a proof first, the very same command once it is given. */
  async within<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const asked = error instanceof Problem && asksForProof(error.code);
      if (!asked || !(await this.demand(key))) throw error;
    }
    return work();
  }

  /** Whether it was proven, for the command of this key. Several that ask at once wait for one answer. */
  async demand(key: string): Promise<boolean> {
    if (!this.attended) return false;
    unproven.add(key);
    this.#waiting ??= this.#ask().finally(() => {
      this.#waiting = null;
    });
    try {
      return await this.#waiting;
    } finally {
      unproven.delete(key);
    }
  }

  async give(way: Way, proof: unknown): Promise<void> {
    await this.#try(() => send(PATH, { way, proof }));
  }

  async givePasskey(): Promise<void> {
    const options = this.asked?.passkey;
    if (!options) return;
    await this.#try(async () => {
      const proof = await passkey(options);
      return send(PATH, { way: 'passkey', proof });
    });
  }

  /** Back, with nothing proven: what waited is refused, and still there to be pressed again. */
  giveUp(): void {
    this.#end(false);
  }

  async #ask(): Promise<boolean> {
    const ways = await read<Ways>(PATH);
    return new Promise((settle) => {
      this.#settle = settle;
      this.trouble = null;
      this.asked = ways;
    });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = null;
    try {
      await work();
      this.#end(true);
    } catch (error) {
      this.trouble = troubleOf(error);
    } finally {
      this.busy = false;
    }
  }

  #end(proven: boolean): void {
    this.asked = null;
    this.#settle(proven);
  }
}

async function passkey(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const given = await navigator.credentials.get({ publicKey });
  return (given as PublicKeyCredential).toJSON();
}

function troubleOf(error: unknown): Trouble {
  // The browser's own dialog was closed, or had no such key.
  if (error instanceof DOMException) return 'not_given';
  if (error instanceof NotSent) {
    return error.message === 'too_many_requests' ? 'too_many' : 'not_sent';
  }
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) return 'logged_out';
  return error.status >= 500 ? 'not_sent' : 'wrong';
}
