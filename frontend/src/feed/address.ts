// Where the feed is, and what a plain request says when its socket is refused: a login that ended must not look
// like a network that failed.
import { NotSent, Problem, read } from '../api/commands';
import type { Probe } from './connection';

export type FeedPlace = {
  region: string;
  /** "sites:a,b" for a dispatcher who wants a site's view; the server decides when absent */
  audience?: string;
};

export function feedUrl(place: FeedPlace, after: string | null): string {
  const url = new URL(`/feed/${encodeURIComponent(place.region)}`, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (after) url.searchParams.set('after', after);
  if (place.audience) url.searchParams.set('audience', place.audience);
  return url.href;
}

export async function probeSession(): Promise<Probe> {
  try {
    await read('/api/me');
    return 'welcome';
  } catch (error) {
    if (error instanceof NotSent) return 'unreachable';
    if (!(error instanceof Problem)) throw error;
    return error.status === 401 || error.status === 403 ? 'expired' : 'unreachable';
  }
}
