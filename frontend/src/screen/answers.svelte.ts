// What this screen tells the centre about each patient. One press, one key, until the receipt; a
// press without a receipt is shown as not recorded, on the card it belongs to.
import { NotSent, newKey, Problem } from '../api/commands';
import type { ReasonForm } from '../api/wire';
import type { World } from '../state/world.svelte';

export type Verb = 'seen' | 'acknowledge' | 'concern';
export type Standing = {
  verb: Verb;
  phase: 'sending' | 'not_sent' | 'refused';
  problem: Problem | null;
};

const SEEN_RETRY_MS = 10_000;

export class Answers {
  readonly #world: World;
  readonly #keys = new Map<string, string>();
  readonly #seen = new Set<string>();
  standing = $state.raw<ReadonlyMap<string, Standing>>(new Map());

  constructor(world: World) {
    this.#world = world;
  }

  acknowledge(notice: string): Promise<boolean> {
    return this.#say(notice, 'acknowledge', {});
  }

  concern(notice: string, reason: string): Promise<boolean> {
    return this.#say(notice, 'concern', { reason });
  }

  /** Sent once by the screen itself; unlike an answer it may repeat quietly, nobody waits for it. */
  async seen(notice: string): Promise<void> {
    if (this.#seen.has(notice)) return;
    this.#seen.add(notice);
    try {
      await this.#world.send(path(notice, 'seen'), {}, { key: this.#keyOf(notice, 'seen') });
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return;
      if (!(error instanceof NotSent || error instanceof Problem)) throw error;
      setTimeout(() => this.#seen.delete(notice), SEEN_RETRY_MS);
    }
  }

  async #say(notice: string, verb: Verb, body: Partial<ReasonForm>): Promise<boolean> {
    if (this.standing.get(notice)?.phase === 'sending') return false;
    const name = `${verb}:${body.reason ?? ''}`;
    this.#stand(notice, { verb, phase: 'sending', problem: null });
    try {
      await this.#world.send(path(notice, verb), body, { key: this.#keyOf(notice, name) });
      this.#stand(notice, null);
      return true;
    } catch (error) {
      this.#failed(notice, verb, name, error);
      return false;
    }
  }

  #failed(notice: string, verb: Verb, name: string, error: unknown): void {
    if (!(error instanceof NotSent || error instanceof Problem)) throw error;
    const problem = error instanceof Problem ? error : null;
    // A refusal is final for this key; pressing again is a new action.
    const refused = problem !== null && problem.status < 500;
    if (refused) this.#keys.delete(`${notice}/${name}`);
    this.#stand(notice, { verb, phase: refused ? 'refused' : 'not_sent', problem });
  }

  #keyOf(notice: string, name: string): string {
    const place = `${notice}/${name}`;
    const key = this.#keys.get(place) ?? newKey();
    this.#keys.set(place, key);
    return key;
  }

  #stand(notice: string, standing: Standing | null): void {
    const next = new Map(this.standing);
    if (standing) next.set(notice, standing);
    else next.delete(notice);
    this.standing = next;
  }
}

function path(notice: string, verb: Verb): string {
  return `/api/notices/${encodeURIComponent(notice)}/${verb}`;
}
