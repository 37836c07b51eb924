// The region's numbers with their defaults, their least value and their unit, and what of them a
// person has changed. The server holds the same (hospitals/policies.py); a test compares the two.
import { CAUSES, type PolicyForm, type Region } from '../api/wire';
import numbers from './policy.json';

export type Setting = {
  name: string;
  default: number;
  least: number;
  unit: string;
  cause: string | null;
};

const REVIEW = 'review_minutes_';

export const SETTINGS: readonly Setting[] = [
  ...Object.entries(numbers).map(([name, one]) => ({ name, ...one, cause: null })),
  ...CAUSES.map((cause) => ({
    name: `${REVIEW}${cause}`,
    default: 0,
    least: 0,
    unit: 'min',
    cause,
  })),
];

/** A week of seconds: the greatest the server takes, whatever the unit. */
export const GREATEST = 7 * 24 * 3_600;

export type Typed = Readonly<Record<string, number | null>>;

/** What differs from the region's numbers now; an emptied field goes back to the default. */
export function changes(policy: Region['policy'], typed: Typed): PolicyForm['changes'] {
  const now = policy as Record<string, number>;
  const told = SETTINGS.flatMap(({ name, default: usual }) => {
    if (!Object.hasOwn(typed, name)) return [];
    const value = typed[name] ?? null;
    const same = (value ?? usual) === now[name];
    return same ? [] : [[name, value === usual ? null : value] as const];
  });
  return Object.fromEntries(told);
}

export function isPossible(setting: Setting, value: number | null): boolean {
  if (value === null) return true;
  return Number.isInteger(value) && value >= setting.least && value <= GREATEST;
}
