// What lies over the desk just now: one panel at a time, so that Escape always means the same.
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
