// What lies over the desk just now: one panel at a time, so that Escape always means the same.
import type { Alarm } from './alarms';

export type Panel =
  | { kind: 'keep'; rowId: string }
  | { kind: 'other'; rowId: string; siteId: string | null }
  | { kind: 'bulk'; siteId: string | null; only: ReadonlySet<string> | null }
  | { kind: 'site'; siteId: string }
  | { kind: 'declare'; siteId: string }
  | { kind: 'ask' }
  | { kind: 'question'; questionId: string }
  | { kind: 'scene' }
  | { kind: 'casualty'; casualtyId: string }
  | { kind: 'policy' }
  | { kind: 'alarms' }
  | { kind: 'reaching' }
  | { kind: 'help' }
  | { kind: 'palette' };

/** Where an alarm that is about no row of the list is answered. */
export function panelAbout(alarm: Alarm): Panel {
  if (alarm.questionId) return { kind: 'question', questionId: alarm.questionId };
  if (alarm.casualtyId) return { kind: 'casualty', casualtyId: alarm.casualtyId };
  return alarm.siteId ? { kind: 'site', siteId: alarm.siteId } : { kind: 'alarms' };
}
