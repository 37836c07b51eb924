// The server's proposal for those who wait: asked anew when anything it rests on has changed, and every half minute,
// and it says for which moment it was answered. An answer to an old question is thrown away.
import type { CasualtyGroup, DistributionAnswer } from '../../api/wire';

export const SHARES_FRESH_MS = 30_000;
/** Several offers often come within the same second. */
const SETTLE_MS = 300;

export class Shares {
  groups = $state.raw<readonly CasualtyGroup[]>([]);
  /** when what is shown was answered; null before the first answer */
  at = $state.raw<string | null>(null);
  failed = $state(false);
  readonly #read: () => Promise<DistributionAnswer>;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(read: () => Promise<DistributionAnswer>) {
    this.#read = read;
  }

  want(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), this.at === null ? 0 : SETTLE_MS);
  }

  async ask(): Promise<void> {
    const mine = ++this.#asked;
    try {
      const answer = await this.#read();
      if (mine !== this.#asked) return;
      this.groups = answer.groups;
      this.at = answer.at;
      this.failed = false;
    } catch {
      if (mine === this.#asked) this.failed = true;
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#asked += 1;
  }
}
