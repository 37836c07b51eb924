// Every action of this desk by the thing it is about: each shows how far it is beside that thing,
// wherever that is drawn, and what became of it is said once.
import type { Answer } from '../api/wire';
import { t } from '../i18n';
import type { World } from '../state/world.svelte';
import { Write } from '../state/write.svelte';
import type { Announcer } from './announcer.svelte';

export class Writes {
  readonly #world: World;
  readonly #announcer: Announcer;
  readonly #onrecorded: (answer: Answer) => void;
  readonly #byId = new Map<string, Write>();
  #latest: Promise<Answer | null> | null = null;

  constructor(world: World, announcer: Announcer, onrecorded: (answer: Answer) => void) {
    this.#world = world;
    this.#announcer = announcer;
    this.#onrecorded = onrecorded;
  }

  of(id: string): Write {
    let write = this.#byId.get(id);
    if (!write) {
      write = new Write();
      this.#byId.set(id, write);
    }
    return write;
  }

  act(id: string, path: string, body: unknown): Promise<Answer | null> {
    return this.#settle(
      id,
      this.of(id).run((key) => this.#world.send(path, body, { key })),
    );
  }

  /** What follows on the action under way there: it waits for that one's receipt. */
  next(id: string, path: string, body: unknown): Promise<Answer | null> {
    return this.#settle(
      id,
      this.of(id).next((key) => this.#world.send(path, body, { key })),
    );
  }

  /** False if what was last begun here did not get on record; waits for its receipt. */
  async latestMadeIt(): Promise<boolean> {
    return this.#latest === null || (await this.#latest) !== null;
  }

  retry(id: string): Promise<Answer | null> {
    return this.#settle(id, this.of(id).retry());
  }

  #settle(id: string, work: Promise<Answer | null>): Promise<Answer | null> {
    const settled = this.#settled(id, work).finally(() => {
      if (this.#latest === settled) this.#latest = null;
    });
    this.#latest = settled;
    return settled;
  }

  async #settled(id: string, work: Promise<Answer | null>): Promise<Answer | null> {
    const answer = await work;
    if (answer) this.#onrecorded(answer);
    this.#tell(this.of(id));
    return answer;
  }

  #tell(write: Write): void {
    if (write.state === 'recorded') {
      const done = t('common:write.done');
      this.#announcer.say(write.seq === null ? done : t('common:write.recorded', { n: write.seq }));
    }
    if (write.state === 'not_sent') this.#announcer.say(t('common:write.not_sent'));
    if (write.state === 'refused') {
      this.#announcer.say(`${t('common:write.refused')} ${write.problem?.detail ?? ''}`);
    }
  }
}
