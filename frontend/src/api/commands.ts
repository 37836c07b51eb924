// One user action carries one idempotency key for its whole life, so pressing "retry" can never
// do a thing twice; an action without a receipt is NOT SENT, whatever the network says later.
import type { Answer, Change, ProblemBody } from './wire';

/** How long a person is left without a receipt before the screen says NOT SENT (ux §2). */
export const RECEIPT_MS = 5_000;
/** How long an action may be repeated before the person is asked again (ux §2). */
export const RETRY_WINDOW_MS = 60_000;
const RETRY_PAUSE_MS = 2_000;

/** A problem document, or the little that can be said of an answer that is none: a proxy's page. */
type Refusal = Pick<ProblemBody, 'status' | 'code' | 'detail'> & Partial<ProblemBody>;

/** The server refused: it understood, recorded nothing, and says why. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field: string | null;
  readonly errors: NonNullable<ProblemBody['errors']>;
  readonly current: Change | null;

  constructor(body: Refusal) {
    super(body.detail || body.title || body.code);
    this.name = 'Problem';
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail;
    this.field = body.field ?? null;
    this.errors = body.errors ?? [];
    this.current = body.current ?? null;
  }
}

/** No receipt came. It may or may not have been recorded: repeating with the same key is safe. */
export class NotSent extends Error {
  readonly key: string;
  /** the server asked to be left alone for this long, and did nothing */
  readonly waitMs: number;
  constructor(key: string, why: string, waitMs = 0) {
    super(why);
    this.name = 'NotSent';
    this.key = key;
    this.waitMs = waitMs;
  }
}

export type SendOptions = {
  /** The key of an earlier attempt at the same action; a new one is made without it. */
  key?: string;
  /** Repeat by itself for up to this long; 0 (the default) tries once. Never used for redirects. */
  retryForMs?: number;
  receiptMs?: number;
  /** between two attempts */
  pauseMs?: number;
  onattempt?: (attempt: number) => void;
};

export function newKey(): string {
  // randomUUID exists only on https and localhost; a hospital test bench may be neither.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function csrfToken(cookies: string = document.cookie): string {
  // Over TLS its name says that it belongs to this host alone.
  const found = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]*)/.exec(cookies);
  return found?.[1] ? decodeURIComponent(found[1]) : '';
}

export async function send<T = Answer>(
  path: string,
  body: unknown,
  options: SendOptions = {},
): Promise<T> {
  const key = options.key ?? newKey();
  const until = Date.now() + (options.retryForMs ?? 0);
  for (let attempt = 1; ; attempt += 1) {
    options.onattempt?.(attempt);
    try {
      return await once<T>('POST', path, { body, key, receiptMs: options.receiptMs });
    } catch (error) {
      const told = error instanceof NotSent ? error.waitMs : 0;
      const wait = Math.max(options.pauseMs ?? RETRY_PAUSE_MS, told);
      if (!mayRepeat(error) || Date.now() + wait > until) throw error;
      await pause(wait);
    }
  }
}

export function read<T>(path: string, options: { receiptMs?: number } = {}): Promise<T> {
  return once<T>('GET', path, options);
}

type Once = { body?: unknown; key?: string; receiptMs?: number | undefined };

async function once<T>(method: 'GET' | 'POST', path: string, what: Once): Promise<T> {
  const key = what.key ?? '';
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), what.receiptMs ?? RECEIPT_MS);
  try {
    const response = await fetch(path, {
      method,
      headers: headers(method, key),
      credentials: 'same-origin',
      // A login page answered in place of a receipt would otherwise read as success.
      redirect: 'error',
      signal: abort.signal,
      ...(method === 'POST' ? { body: JSON.stringify(what.body ?? {}) } : {}),
    });
    if (response.status === 429) throw new NotSent(key, 'too_many_requests', asked(response));
    return await receipt<T>(response);
  } catch (error) {
    if (error instanceof Problem || error instanceof NotSent) throw error;
    throw new NotSent(key, abort.signal.aborted ? 'no_receipt' : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Retry-After in whole seconds, as our server says it; a proxy's date counts as not said. */
function asked(response: Response): number {
  return (Number(response.headers.get('Retry-After')) || 0) * 1000;
}

function headers(method: string, key: string): Record<string, string> {
  const base: Record<string, string> = { Accept: 'application/json, application/problem+json' };
  if (method === 'GET') return base;
  base['Content-Type'] = 'application/json';
  base['X-CSRFToken'] = csrfToken();
  if (key) base['Idempotency-Key'] = key;
  return base;
}

async function receipt<T>(response: Response): Promise<T> {
  const text = await response.text();
  const value = parse(text);
  if (response.ok) {
    if (value === undefined) throw new Error('the receipt is not JSON');
    return value as T;
  }
  throw new Problem(problemBody(response.status, value, text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemBody(status: number, value: unknown, text: string): Refusal {
  if (typeof value === 'object' && value !== null && 'code' in value) {
    return { ...(value as ProblemBody), status };
  }
  return { status, code: `http_${status}`, detail: text.slice(0, 200) };
}

function mayRepeat(error: unknown): boolean {
  return error instanceof NotSent || (error instanceof Problem && error.status >= 500);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
