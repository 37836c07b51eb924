// What a person pressed and no receipt answered outlives page and browser, in this browser alone, for
// that person alone; it never outlives its own meaning: past the limit a person is asked.

/** Beyond this the situation has moved on: nothing is sent any more without being asked (ms). */
export const SENDS_ITSELF_FOR_MS = 10 * 60_000;

export type Unsent<Work> = { by: string; work: Work };

export function keepUnsent<Work>(place: string, kept: Unsent<Work> | null): void {
  try {
    if (kept) localStorage.setItem(place, JSON.stringify(kept));
    else localStorage.removeItem(place);
  } catch {
    // Without storage the action lives only as long as the page; it still says NOT SENT.
  }
}

/** Somebody else's stays where it is: they may come back to this device. */
export function unsentOf<Work>(place: string, by: string): Work | null {
  try {
    const text = localStorage.getItem(place);
    const kept = text ? (JSON.parse(text) as Unsent<Work>) : null;
    return kept?.by === by ? kept.work : null;
  } catch {
    return null;
  }
}
