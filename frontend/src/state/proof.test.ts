import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NotSent, Problem } from '../api/commands';
import { Proof } from './proof.svelte';
import { Write } from './write.svelte';

const WAYS = { username: 'dina', lasts_s: 900, ways: ['password'], passkey: null };
const refused = () =>
  Promise.reject(new Problem({ status: 403, code: 'reauthentication_required', detail: '' }));

type Reply = { status?: number; body?: unknown; wait?: string } | 'none';
let replies: Reply[];
let asked: string[];

/** The server of these tests: it is asked for the ways once, then answers each try. */
beforeEach(() => {
  asked = [];
  replies = [];
  vi.stubGlobal('fetch', async (path: string, options: RequestInit) => {
    asked.push(`${options.method} ${path}`);
    const reply = options.method === 'GET' ? { body: WAYS } : replies.shift();
    if (reply === undefined || reply === 'none') throw new TypeError('no network');
    return new Response(JSON.stringify(reply.body ?? {}), { status: reply.status ?? 200 });
  });
});

const wrong: Reply = { status: 422, body: { status: 422, code: 'not_proven', detail: '' } };

/** A page with a place to ask at, and a command that is refused until it is proven. */
function page() {
  const proof = new Proof();
  proof.attended = true;
  let tries = 0;
  const command = vi.fn(() => {
    tries += 1;
    return tries === 1 ? refused() : Promise.resolve('recorded');
  });
  const running = proof.within('key', command);
  running.catch(() => undefined);
  return { proof, command, running, opened: vi.waitFor(() => expect(proof.asked).not.toBeNull()) };
}

describe('a proof', () => {
  it('lets the very command go on that was refused for want of it', async () => {
    const { proof, command, running, opened } = page();
    await opened;
    expect(proof.asked?.username).toBe('dina');
    replies = [{ body: { proven_until: null } }];
    await proof.give('password', 'x');
    expect(await running).toBe('recorded');
    expect([command.mock.calls.length, proof.asked]).toEqual([2, null]);
  });

  it('that is wrong, or not sent, leaves the question open and nothing done', async () => {
    const { proof, command, opened } = page();
    await opened;
    replies = [wrong, 'none', { status: 429, body: { status: 429, code: 'too_many_requests' } }];
    const troubles = [];
    for (let n = 0; n < 3; n += 1) {
      await proof.give('password', 'x');
      troubles.push(proof.trouble);
    }
    expect(troubles).toEqual(['wrong', 'not_sent', 'too_many']);
    expect(proof.asked).not.toBeNull();
    expect(command).toHaveBeenCalledOnce();
  });

  it('not given leaves the refusal as it was', async () => {
    const { proof, command, running, opened } = page();
    await opened;
    proof.giveUp();
    await expect(running).rejects.toMatchObject({ code: 'reauthentication_required' });
    expect(command).toHaveBeenCalledOnce();
  });

  it('is asked for once by all that wait for it, and anew the next time', async () => {
    const proof = new Proof();
    proof.attended = true;
    const both = [proof.demand('one'), proof.demand('other')];
    await vi.waitFor(() => expect(proof.asked).not.toBeNull());
    expect(asked).toEqual(['GET /accounts/prove/']);
    proof.giveUp();
    expect(await Promise.all(both)).toEqual([false, false]);
    void proof.demand('one');
    await vi.waitFor(() => expect(proof.asked).not.toBeNull());
    expect(asked).toHaveLength(2);
  });

  it('that is waited for is told of the very action, which is not said to be on its way', async () => {
    const proof = new Proof();
    proof.attended = true;
    const [grave, other] = [new Write<string>(), new Write<string>()];
    void other.run(() => new Promise(() => undefined));
    const running = grave.run((key) => proof.within(key, refused));
    await vi.waitFor(() => expect(proof.asked).not.toBeNull());
    expect([grave.waitsForProof, other.waitsForProof]).toEqual([true, false]);
    proof.giveUp();
    await running;
    expect([grave.waitsForProof, grave.state]).toEqual([false, 'refused']);
  });

  it('cannot be asked for where no page would show the question', async () => {
    await expect(new Proof().within('key', refused)).rejects.toBeInstanceOf(Problem);
    expect(asked).toEqual([]);
  });

  it('has no part in any other refusal', async () => {
    const proof = new Proof();
    proof.attended = true;
    const late = () => Promise.reject(new NotSent('k', 'late'));
    await expect(proof.within('key', late)).rejects.toBeInstanceOf(NotSent);
    expect(proof.asked).toBeNull();
  });
});
