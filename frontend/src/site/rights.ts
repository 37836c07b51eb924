// What this person may do at this site, from the roles they hold: what they may not, the page hides, and says who
// can. The server decides again on every command.
import type { Boot } from '../api/wire';

export type Rights = {
  /** declare, change, say that it is still so */
  declare: boolean;
  /** confirm what 112 declared after a call, ask to reopen: the hospital's own word */
  speak: boolean;
  /** admit patients again without asking */
  loosen: boolean;
  quarantine: boolean;
  answer: boolean;
  beat: boolean;
  /** every site this person coordinates */
  campuses: readonly string[];
};

const DESK: readonly string[] = ['dispatcher', 'supervisor'];

export function rightsAt(siteId: string, boot: Pick<Boot, 'region' | 'roles'>): Rights {
  const here = new Set(boot.roles.filter((one) => one.site === siteId).map((one) => one.role));
  const region = boot.roles.filter((one) => one.site === null && one.region === boot.region);
  const desk = region.some((one) => DESK.includes(one.role));
  const coordinator = here.has('coordinator');
  const receiver = here.has('receiver');
  return {
    declare: coordinator || desk,
    speak: coordinator,
    loosen: desk,
    quarantine:
      coordinator ||
      region.some((one) => one.role === 'supervisor' || one.role === 'administrator'),
    answer: coordinator || receiver || desk,
    beat: coordinator || receiver,
    campuses: boot.roles
      .filter((one) => one.role === 'coordinator' && one.region === boot.region)
      .flatMap((one) => (one.site === null ? [] : [one.site])),
  };
}
