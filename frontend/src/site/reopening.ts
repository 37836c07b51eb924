// Reopening is slow on purpose: a checklist, a choice, a name. Full reopening asks for every item;
// with any of them missing only a partial one can be said.
import type {
  Diversion,
  IntakeGate,
  ReopenForm,
  Reopening,
  Service,
  ServiceLevels,
} from '../api/wire';
import { levelsOf, told } from './draft';

export const CHECKLIST = [
  'records',
  'laboratory',
  'radiology',
  'admissions',
] as const satisfies readonly Service[];
export type CheckItem = (typeof CHECKLIST)[number];
export type Answer = Reopening['checklist'][CheckItem];
export type Checked = Partial<Record<CheckItem, Answer>>;
export type Extent = Reopening['extent'];

export function isAnswered(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] !== undefined);
}

export function mayReopenFully(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] !== undefined && checked[item] !== 'not_yet');
}

/** What the checklist says of services: what works is normal, what does not keeps its level, and
 *  something never mentioned before is on paper. */
export function serviceLevels(checked: Checked, was: ServiceLevels): ServiceLevels {
  const levels: ServiceLevels = {};
  for (const item of CHECKLIST) {
    const before = was[item];
    if (checked[item] === 'works') levels[item] = 'normal';
    else if (checked[item] === 'not_yet')
      levels[item] = before === undefined || before === 'normal' ? 'manual' : before;
  }
  return levels;
}

/** What 112 is asked to acknowledge; until then every gate stays as it is. */
export function wish(
  extent: Extent,
  checked: Checked,
  was: Diversion,
  ambulances: IntakeGate,
  smur: IntakeGate,
): ReopenForm {
  return {
    extent,
    checklist: checked as ReopenForm['checklist'],
    gates: extent === 'partial' ? { ambulances, smur_destination: smur } : {},
    services: told(serviceLevels(checked, levelsOf(was.services))),
  };
}

/** What a partial reopening proposes first: one step milder than now. */
export function milder(gate: IntakeGate | null): IntakeGate {
  return gate === 'closed' ? 'life_threatening' : 'open';
}
