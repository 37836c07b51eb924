// Two live regions stand on the page from the start: assertive for P1 alone, polite for the rest.
// Counts are gathered for three seconds, so that a burst is one sentence.
export const BATCH_MS = 3_000;

export class Announcer {
  assertive = $state('');
  polite = $state('');
  #counted: ReturnType<typeof setTimeout> | null = null;
  #turn = false;

  alarm(text: string): void {
    this.assertive = this.#distinct(text);
  }

  say(text: string): void {
    this.polite = this.#distinct(text);
  }

  /** The last wording within the batch is the one spoken. */
  sayBatched(text: () => string): void {
    if (this.#counted) return;
    this.#counted = setTimeout(() => {
      this.#counted = null;
      this.say(text());
    }, BATCH_MS);
  }

  close(): void {
    if (this.#counted) clearTimeout(this.#counted);
  }

  /** The same sentence twice must be heard twice: an unseen mark makes it a new text. */
  #distinct(text: string): string {
    this.#turn = !this.#turn;
    return this.#turn ? `${text}\u200b` : text;
  }
}
