// Tells the server what this desk is deciding about, and again while it holds on. One word at a time,
// so that an older one never arrives after a newer; what is lost costs nothing but the courtesy.
export type HoldingPorts = {
  tell: (transports: readonly string[]) => Promise<void>;
  now: () => number;
};

/** Three of them fit into the half minute after which a desk that says nothing holds nothing. */
export const RENEW_MS = 10_000;

export class Holding {
  readonly #ports: HoldingPorts;
  #wanted: readonly string[] = [];
  #told = '';
  #toldAt = 0;
  #busy = false;

  constructor(ports: HoldingPorts) {
    this.#ports = ports;
  }

  want(transports: readonly string[]): void {
    this.#wanted = transports;
    void this.look();
  }

  /** Called once a second as well: what failed is said again, what is held is renewed. */
  async look(): Promise<void> {
    if (this.#busy || !this.#due()) return;
    this.#busy = true;
    const wanted = this.#wanted;
    try {
      await this.#ports.tell(wanted);
      this.#told = wanted.join();
      this.#toldAt = this.#ports.now();
    } catch {
      // Said again within a second. Nobody is told of it: the decision itself does not depend on it.
      return;
    } finally {
      this.#busy = false;
    }
    // More may have been taken up meanwhile.
    if (this.#wanted.join() !== this.#told) await this.look();
  }

  #due(): boolean {
    if (this.#wanted.join() !== this.#told) return true;
    return this.#wanted.length > 0 && this.#ports.now() - this.#toldAt >= RENEW_MS;
  }
}
