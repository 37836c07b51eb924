// What a site's request to reopen would change, told before it is granted: gate by gate, and whom it
// frees. The same rules as the server's (hospitals/gates.py): the strictest running declaration counts.
import type { Diversion, Site } from '../api/wire';
import type { Row } from './affected';
import { GATES, type Gate } from './cautions';

/** From the mildest to the strictest; the first holds without any declaration. */
const VALUES: Record<Gate, readonly string[]> = {
  ambulances: ['open', 'life_threatening', 'closed'],
  smur_destination: ['open', 'life_threatening', 'closed'],
  smur_base: ['available', 'withdrawn'],
  walk_ins: ['open', 'vital_only', 'closed'],
};

type Said = Pick<Diversion, 'gates' | 'accepts' | 'closed_capabilities'>;
type Intake = { value: string; accepts: readonly string[] };

export type Step = { readonly gate: Gate; readonly before: string; readonly after: string };

export type Change = {
  readonly steps: readonly Step[];
  /** capabilities open again */
  readonly opens: readonly string[];
  readonly frees: readonly Row[];
};

/** What the episode says once its request is granted; null: it ends. */
export function granted(diversion: Diversion): Said | null {
  const asked = diversion.reopening;
  if (!asked || asked.extent === 'full') return null;
  const { changes } = asked;
  return {
    gates: { ...diversion.gates, ...changes.gates } as Diversion['gates'],
    accepts: changes.accepts ?? diversion.accepts,
    closed_capabilities: changes.closed_capabilities ?? diversion.closed_capabilities,
  };
}

export function changeBy(
  diversion: Diversion,
  site: Site,
  running: readonly Diversion[],
  rows: readonly Row[],
): Change {
  const others: Said[] = running.filter((one) => one.id !== diversion.id && !one.suspended_until);
  const said = granted(diversion);
  const left = said && !diversion.suspended_until ? [...others, said] : others;
  const after = (gate: Gate) => strictest(gate, left);
  return {
    steps: GATES.map((gate) => ({
      gate,
      before: site.gates[gate].value as string,
      after: after(gate).value,
    })).filter((step) => step.before !== step.after),
    opens: Object.keys(site.closed_capabilities).filter(
      (code) => !left.some((one) => one.closed_capabilities.includes(code)),
    ),
    frees: rows.filter((row) => row.fromId === site.id && isFreed(row, after)),
  };
}

function strictest(gate: Gate, said: readonly Said[]): Intake {
  const values = VALUES[gate];
  const strictness = (one: Said) => Math.max(0, values.indexOf(one.gates[gate] ?? ''));
  const worst = Math.max(0, ...said.map(strictness));
  const restricting = said.filter((one) => strictness(one) > 0);
  const [first, ...rest] = restricting;
  const accepts = (first?.accepts ?? []).filter((code) =>
    rest.every((one) => one.accepts.includes(code)),
  );
  return { value: values[worst] ?? '', accepts };
}

function isFreed(row: Row, after: (gate: Gate) => Intake): boolean {
  const { transport, vehicle } = row;
  if (transport.affected_since === null) return false;
  const bySmur =
    transport.physician_on_board || vehicle?.kind === 'smur' || vehicle?.kind === 'pit';
  return admits(after(bySmur ? 'smur_destination' : 'ambulances'), transport);
}

function admits(intake: Intake, { urgency, needs }: Row['transport']): boolean {
  if (intake.value === 'open') return true;
  if (intake.value === 'life_threatening' && urgency === 'vital') return true;
  return needs.some((code) => intake.accepts.includes(code));
}
