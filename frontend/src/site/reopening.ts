// Reopening is slow on purpose: a checklist, a choice, a name. Full reopening asks for every item;
// with any of them missing only a partial one can be said. Then the 112 centre answers, or does not yet.
import type {
  BaseGate,
  Diversion,
  Gates,
  IntakeGate,
  LogEntry,
  ReopenForm,
  Reopening,
  Service,
  WalkInGate,
} from '../api/wire';
import { type CapabilitySaid, codes, type ServicesSaid, servicesOf, told } from './draft';

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

/** What a partial reopening would admit again. */
export type Part = {
  ambulances: IntakeGate;
  smur: IntakeGate;
  base: BaseGate;
  walkIns: WalkInGate;
  capabilities: Record<string, CapabilitySaid>;
};

export function isAnswered(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] !== undefined);
}

export function mayReopenFully(checked: Checked): boolean {
  return CHECKLIST.every((item) => checked[item] !== undefined && checked[item] !== 'not_yet');
}

/** What the checklist says of services: what works is normal, what does not keeps all that was said of it, and
 *  something never mentioned before is on paper. */
export function serviceLevels(checked: Checked, was: ServicesSaid): ServicesSaid {
  const said: ServicesSaid = {};
  const nothing = { expected: { at: null, inHours: null }, note: '' };
  for (const item of CHECKLIST) {
    const before = was[item];
    if (checked[item] === 'works') said[item] = { level: 'normal', ...nothing };
    else if (checked[item] === 'not_yet')
      said[item] =
        before === undefined || before.level === 'normal'
          ? { level: 'manual', ...nothing }
          : before;
  }
  return said;
}

/** What 112 is asked to acknowledge; until then every gate stays as it is. */
export function wish(
  extent: Extent,
  checked: Checked,
  was: Diversion,
  part: Part,
  now: number,
): ReopenForm {
  const said: ReopenForm = {
    extent,
    checklist: checked as ReopenForm['checklist'],
    gates: {},
    services: told(serviceLevels(checked, servicesOf(was.services)), now),
  };
  if (extent === 'full') return said;
  const closed = codes(part, 'closed');
  const accepts = codes(part, 'accepted');
  if (!same(closed, was.closed_capabilities)) said.closed_capabilities = closed;
  if (!same(accepts, was.accepts)) said.accepts = accepts;
  return { ...said, gates: gatesWished(was.gates, part) };
}

/** The destinations always; what comes by itself and the own team only where it becomes otherwise. */
function gatesWished(was: Gates, part: Part): NonNullable<ReopenForm['gates']> {
  return {
    ambulances: part.ambulances,
    smur_destination: part.smur,
    ...(part.base === (was.smur_base ?? 'available') ? {} : { smur_base: part.base }),
    ...(part.walkIns === (was.walk_ins ?? 'open') ? {} : { walk_ins: part.walkIns }),
  };
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((code) => other.includes(code));
}

/** What a partial reopening proposes first: one step milder than now. */
export function milder(gate: IntakeGate | null): IntakeGate {
  return gate === 'closed' ? 'life_threatening' : 'open';
}

/** What 112 answered to the last request of a declaration, while that is still the last word about it. */
export type Reply = { kind: 'declined' | 'agreed'; at: string; by: string; reason: string | null };

export function replyTo(log: readonly LogEntry[], diversionId: string): Reply | null {
  const about = log.filter(
    (entry) => entry.fact.diversion === diversionId && entry.kind !== 'diversion.seen',
  );
  const last = about.reduce<LogEntry | null>(
    (latest, entry) => (latest === null || entry.seq > latest.seq ? entry : latest),
    null,
  );
  return last === null ? null : replyIn(last);
}

/** The declaration that ended last at a site because 112 agreed to a full reopening. */
export function reopenedAt(log: readonly LogEntry[], siteId: string): Reply | null {
  const ends = log.filter(
    (entry) => entry.fact.site === siteId && entry.kind === 'diversion.lifted',
  );
  const last = ends.at(-1);
  return last === undefined ? null : replyIn(last);
}

function replyIn(entry: LogEntry): Reply | null {
  const { at, actor, fact } = entry;
  if (entry.kind === 'diversion.reopening_declined') {
    const reason = typeof fact.reason === 'string' ? fact.reason : null;
    return { kind: 'declined', at, by: actor.name, reason };
  }
  const agreed = fact.reopening !== undefined && fact.reopening !== null;
  return agreed ? { kind: 'agreed', at, by: actor.name, reason: null } : null;
}
