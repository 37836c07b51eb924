// The connection hands frames over in order and never judges freshness: a socket that is open but
// silent is worth nothing, so it is torn down and dialled again from the last cursor.
import type { ByeReason, Frame } from '../api/wire';

/** Ticks come at least every 5 s: two missed and the socket is taken for half-open. */
export const SILENT_SOCKET_MS = 12_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export type Standing = 'dialling' | 'receiving' | 'expired' | 'denied' | 'closed';
export type Probe = 'welcome' | 'expired' | 'denied' | 'unreachable';

export type ConnectionPorts = {
  url: (after: string | null) => string;
  cursor: () => string | null;
  onframe: (frame: Frame) => void;
  onstanding: (standing: Standing) => void;
  /** Asked after failed dials only: a browser does not say why a handshake was refused. */
  probe: () => Promise<Probe>;
  open?: (url: string) => WebSocket;
  random?: () => number;
};

export class FeedConnection {
  readonly #ports: ConnectionPorts;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  /** nothing but a snapshot will do: what we held may not be ours to see any more */
  #startOver = false;
  /** frames since dialling include one that proves the picture complete */
  #proven = false;
  #resuming = false;
  #accessChanged = false;
  #standing: Standing = 'dialling';

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
  }

  get standing(): Standing {
    return this.#standing;
  }

  start(): void {
    this.#failures = 0;
    this.#accessChanged = false;
    this.#dial();
  }

  stop(): void {
    this.#drop();
    this.#stand('closed');
  }

  /** Dial at once: the page woke up, or a person pressed "retry". */
  kick(): void {
    if (this.#standing === 'closed') return;
    this.start();
  }

  #dial(): void {
    this.#drop();
    this.#stand('dialling');
    this.#proven = false;
    const after = this.#startOver ? null : this.#ports.cursor();
    this.#resuming = after !== null;
    const open = this.#ports.open ?? ((url: string) => new WebSocket(url));
    const socket = open(this.#ports.url(after));
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#receive(message.data);
    };
    socket.onclose = (close) => {
      if (socket === this.#socket) this.#closed(close.code);
    };
    this.#watch();
  }

  #receive(data: unknown): void {
    const frame = decode(data);
    // A tick says the server lives, not that we missed nothing: ask for everything instead.
    const unproven = frame?.type === 'tick' && !this.#proven && this.#resuming;
    if (!frame || unproven) {
      this.#again(0, true);
      return;
    }
    this.#watch();
    if (frame.type === 'snapshot' || frame.type === 'events') this.#settled();
    this.#ports.onframe(frame);
    if (frame.type === 'bye') this.#bye(frame.reason);
  }

  #settled(): void {
    this.#proven = true;
    this.#startOver = false;
    this.#accessChanged = false;
    this.#failures = 0;
    this.#stand('receiving');
  }

  #bye(reason: ByeReason): void {
    if (reason === 'logged_out') this.#refused('expired');
    else if (reason === 'access_changed' || reason === 'denied') this.#reconsider();
    // A loop, of ours or of another page in this session: back at once would be refused again.
    else this.#again(this.#jitter(reason === 'too_often' ? LONGEST_PAUSE_MS : FIRST_PAUSE_MS));
  }

  #closed(code: number): void {
    if (code === 4401) this.#refused('expired');
    else if (code === 4403) this.#reconsider();
    else {
      this.#failures += 1;
      if (this.#failures >= 2) void this.#askWhy();
      this.#again(this.#jitter(this.#pause()));
    }
  }

  /** Rights changed: once more with a clean slate, then believe it. */
  #reconsider(): void {
    if (this.#accessChanged) {
      this.#refused('denied');
      return;
    }
    this.#accessChanged = true;
    this.#again(0, true);
  }

  async #askWhy(): Promise<void> {
    const answer = await this.#ports.probe();
    if (this.#standing !== 'dialling') return;
    if (answer === 'expired' || answer === 'denied') this.#refused(answer);
  }

  #refused(standing: 'expired' | 'denied'): void {
    this.#drop();
    this.#startOver = true;
    this.#stand(standing);
  }

  #again(afterMs: number, startOver = false): void {
    this.#drop();
    this.#startOver ||= startOver;
    this.#stand('dialling');
    this.#timer = setTimeout(() => this.#dial(), afterMs);
  }

  #watch(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#failures += 1;
      if (this.#failures >= 2) void this.#askWhy();
      this.#dial();
    }, SILENT_SOCKET_MS);
  }

  #drop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #pause(): number {
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
  }

  /** Spread, or a thousand screens return in the same millisecond. */
  #jitter(ms: number): number {
    return ms * (0.5 + (this.#ports.random ?? Math.random)() / 2);
  }

  #stand(standing: Standing): void {
    if (standing === this.#standing) return;
    this.#standing = standing;
    this.#ports.onstanding(standing);
  }
}

function decode(data: unknown): Frame | null {
  if (typeof data !== 'string') return null;
  try {
    const value = JSON.parse(data) as Frame;
    return typeof value?.type === 'string' ? value : null;
  } catch {
    return null;
  }
}
