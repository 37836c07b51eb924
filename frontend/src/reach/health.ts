// How a channel does, in the order in which it matters: a failure hides behind nothing.
import type { Channel } from '../api/wire';
import { has, t, word } from '../i18n';
import { moment } from '../i18n/format';

export type Health = 'failing' | 'testing' | 'untested' | 'test_failed' | 'works';

export function healthOf(channel: Channel): Health {
  if (channel.failing_since !== null) return 'failing';
  if (isBeingTested(channel)) return 'testing';
  if (channel.last_test_at === null) return 'untested';
  return channel.last_test_ok ? 'works' : 'test_failed';
}

/** A test has been asked for and nobody has said yet how it went. */
export function isBeingTested({ test_asked_at, last_test_at }: Channel): boolean {
  return test_asked_at !== null && (last_test_at === null || test_asked_at > last_test_at);
}

/** One sentence: how it does, since when, and why not. */
export function healthText(channel: Channel, nowMs: number): string {
  const health = healthOf(channel);
  const at = channel.failing_since ?? channel.last_test_at;
  const said = t(`common:reach.${health}`, { t: at ? moment(at, nowMs) : '' });
  if (health !== 'failing') return said;
  const trying = isBeingTested(channel) ? ` · ${t('common:reach.testing')}` : '';
  return `${said} (${reason(channel.last_error)})${trying}`;
}

/** "refused 503" is a word of ours and the gateway's own number. */
function reason(error: string | null): string {
  const [code = '', number] = (error ?? 'failed').split(' ');
  const known = has(`common:reach.error.${code}`) ? word('common:reach.error', code) : code;
  return number ? `${known}, ${number}` : known;
}

/** Those that fail first, then by name: who looks for one finds it, who looks for trouble too. */
export function inOrder(channels: Iterable<Channel>): Channel[] {
  const rank = (one: Channel) => (one.failing_since === null ? 1 : 0);
  return [...channels].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
