import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { csrfToken, NotSent, newKey, Problem, read, send } from './commands';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;
let server: Server | null = null;

/** A real server on a real port: what is tested is what crosses the wire. */
async function serve(handler: Handler): Promise<string> {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => handler(request, response, body));
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
};

describe('a command', () => {
  it('carries its key, the CSRF token and the body, and resolves to the receipt', async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: this is where Django puts the token.
    document.cookie = 'csrftoken=abc123';
    const seen: Record<string, unknown> = {};
    const url = await serve((request, response, body) => {
      Object.assign(seen, request.headers, { body, method: request.method });
      json(response, 201, { seq: 42, cursor: '42:x', recorded_at: '', events: [] });
    });
    const answer = await send(`${url}/api/x`, { a: 1 }, { key: 'k-1' });
    expect(answer.seq).toBe(42);
    expect(seen).toMatchObject({
      method: 'POST',
      'idempotency-key': 'k-1',
      'x-csrftoken': 'abc123',
      body: '{"a":1}',
    });
  });

  it('sent too often is NOT SENT, not refused, and is repeated when the server has said', async () => {
    const seen: number[] = [];
    const url = await serve((_, response) => {
      seen.push(Date.now());
      if (seen.length > 1) return json(response, 200, { seq: 1, cursor: '', events: [] });
      response.writeHead(429, { 'Retry-After': '1' });
      response.end(JSON.stringify({ status: 429, code: 'too_many_requests', detail: '' }));
    });
    await send(`${url}/x`, {}, { retryForMs: 5_000, pauseMs: 1 });
    expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(990);
    seen.length = 0;
    const error = await send(`${url}/x`, {}, { key: 'k-9' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NotSent);
    expect(error).toMatchObject({ key: 'k-9', waitMs: 1_000 });
  });

  it('a refusal is a Problem with code and current state', async () => {
    const current = { kind: 'transport', id: 't', version: 9, state: null };
    const url = await serve((_, response) =>
      json(response, 409, { status: 409, code: 'stale_version', detail: 'late', current }),
    );
    const error = await send(`${url}/x`, {}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ status: 409, code: 'stale_version', current });
  });

  it('a refusal that is not JSON is still a Problem', async () => {
    const url = await serve((_, response) => {
      response.writeHead(502);
      response.end('<html>bad gateway</html>');
    });
    await expect(send(`${url}/x`, {})).rejects.toMatchObject({ status: 502, code: 'http_502' });
  });

  it('without a receipt in time it is NOT SENT, under a key to retry with', async () => {
    const url = await serve(() => undefined);
    const error = await send(`${url}/x`, {}, { key: 'k-2', receiptMs: 40 }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(NotSent);
    expect(error).toMatchObject({ key: 'k-2' });
  });

  it('a redirect to a login page is not a receipt', async () => {
    const url = await serve((_, response) => {
      response.writeHead(302, { Location: '/accounts/login/' });
      response.end();
    });
    await expect(send(`${url}/x`, {})).rejects.toBeInstanceOf(NotSent);
  });

  it('a page answered with 200 is not a receipt', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<html>welcome</html>');
    });
    await expect(send(`${url}/x`, {})).rejects.toBeInstanceOf(NotSent);
  });

  it('tries once by default', async () => {
    let calls = 0;
    const url = await serve((_, response) => {
      calls += 1;
      json(response, 503, { status: 503, code: 'busy', detail: '' });
    });
    await expect(send(`${url}/x`, {})).rejects.toBeInstanceOf(Problem);
    expect(calls).toBe(1);
  });

  it('repeats under the same key when asked to, and stops at a refusal', async () => {
    const keys: unknown[] = [];
    const url = await serve((request, response) => {
      keys.push(request.headers['idempotency-key']);
      if (keys.length === 1) json(response, 503, { status: 503, code: 'busy', detail: '' });
      else json(response, 422, { status: 422, code: 'invalid', detail: '' });
    });
    await expect(send(`${url}/x`, {}, { retryForMs: 10_000, pauseMs: 1 })).rejects.toMatchObject({
      status: 422,
    });
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('reads with GET and no key', async () => {
    const url = await serve((request, response) =>
      json(response, 200, {
        method: request.method,
        key: request.headers['idempotency-key'] ?? null,
      }),
    );
    expect(await read(`${url}/x`)).toEqual({ method: 'GET', key: null });
  });
});

it('keys are uuids and differ', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newKey()).not.toBe(newKey());
});

it('finds the token among other cookies', () => {
  expect(csrfToken('a=1; csrftoken=x%3Dy; b=2')).toBe('x=y');
  expect(csrfToken('a=1')).toBe('');
});
