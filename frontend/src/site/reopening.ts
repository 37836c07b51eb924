// Reopening is slow on purpose: a checklist, a choice, a name. Full reopening asks for every item;
// with any of them missing only a partial one can be said.
import type { AmendForm, Diversion, IntakeGate, Service } from '../api/wire';

export const CHECKLIST = [
  'records',
  'laboratory',
  'radiology',
  'admissions',
] as const satisfies readonly Service[];
export type CheckItem = (typeof CHECKLIST)[number];
export type Checked = Partial<Record<CheckItem, 'works' | 'not_yet'>>;
export type Extent = 'partial' | 'full';

export function isAnswered(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] !== undefined);
}

export function mayReopenFully(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] === 'works');
}

/** The levels a partial reopening states: what works is normal, what does not keeps its level, and
 *  something never mentioned before is on paper. */
export function serviceLevels(checked: Checked, was: Diversion['services']): Diversion['services'] {
  const levels: Diversion['services'] = {};
  for (const item of CHECKLIST) {
    const before = was[item];
    if (checked[item] === 'works') levels[item] = 'normal';
    else levels[item] = before === undefined || before === 'normal' ? 'manual' : before;
  }
  return levels;
}

export function partialReopening(
  checked: Checked,
  was: Diversion,
  ambulances: IntakeGate,
  smur: IntakeGate,
): AmendForm {
  return {
    state: 'recovering',
    gates: { ambulances, smur_destination: smur },
    services: serviceLevels(checked, was.services),
  };
}

/** What a partial reopening proposes first: one step milder than now. */
export function milder(gate: IntakeGate | null): IntakeGate {
  return gate === 'closed' ? 'life_threatening' : 'open';
}
