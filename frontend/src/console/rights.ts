// What the person at this desk may do, as far as the screen offers it: read once from their roles in this
// region or in all. It spares presses and guards nothing: the server asks again, each time.
import type { Boot } from '../api/wire';

const COMMANDING = ['dispatcher', 'supervisor'];
/** Who answers for the region's rules, and for shutting a site's machines out. */
const ANSWERING = ['supervisor', 'administrator'];

export type Rights = {
  /** redirects, and says what 112 has seen */
  readonly command: boolean;
  /** may have any channel tested */
  readonly test: boolean;
  /** may change the region's rules and quarantine sites */
  readonly answerFor: boolean;
  /** may strike a declaration as an error */
  readonly supervise: boolean;
  /** may end a device that somebody else enrolled */
  readonly administer: boolean;
};

export function rightsOf({ roles, region }: Pick<Boot, 'roles' | 'region'>): Rights {
  const holds = (wanted: readonly string[]) =>
    roles.some(
      (held) => wanted.includes(held.role) && (held.region === null || held.region === region),
    );
  return {
    command: holds(COMMANDING),
    test: holds(ANSWERING),
    answerFor: holds(ANSWERING),
    supervise: holds(['supervisor']),
    administer: holds(['administrator']),
  };
}
