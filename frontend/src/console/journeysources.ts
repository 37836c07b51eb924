// What the journey times on the screen rest on, each source once: a dispatcher sees when the better one
// has stepped aside.
import type { Option } from '../api/wire';

export interface JourneySource {
  source: string;
  data_date: string | null;
}

/** The sources of the options that are shown, the one with most cells first. */
export function sourcesOf(shown: Iterable<readonly Option[]>): JourneySource[] {
  const counted = new Map<string, { one: JourneySource; count: number }>();
  for (const options of shown)
    for (const { source, data_date } of options) {
      const key = `${source} ${data_date ?? ''}`;
      const known = counted.get(key) ?? { one: { source, data_date }, count: 0 };
      counted.set(key, { ...known, count: known.count + 1 });
    }
  return [...counted.values()].sort((a, b) => b.count - a.count).map(({ one }) => one);
}
