// Plain rows for the tests of every face: each complete, nothing random; a test names what matters to it.
import type { Diversion, EffectiveGates, ServiceLevel, ServiceState } from '../api/wire';

const NOTHING = { because: [], since: null, accepts: [], disputed: [] };

export const OPEN: EffectiveGates = {
  ambulances: { value: 'open', ...NOTHING },
  smur_destination: { value: 'open', ...NOTHING },
  smur_base: { value: 'available', ...NOTHING },
  walk_ins: { value: 'open', ...NOTHING },
};

/** A restricted gate and the declaration that says so. */
export function gate<Value extends string>(value: Value, ...because: string[]) {
  return { ...NOTHING, value, because };
}

export function service(level: ServiceLevel, more: Partial<ServiceState> = {}): ServiceState {
  return { level, since: '2026-10-03T12:00:00.000Z', expected_at: null, note: null, ...more };
}

export function diversion(more: Partial<Diversion> = {}): Diversion {
  return {
    id: 'd1',
    site_id: 'saint-jean',
    incident: null,
    shared: null,
    cause: 'it_outage',
    cause_embargoed: false,
    state: 'active',
    gates: {
      ambulances: 'closed',
      smur_destination: 'closed',
      smur_base: 'available',
      walk_ins: 'open',
    },
    gates_since: {},
    disputes: [],
    closed_capabilities: [],
    accepts: [],
    services: {},
    comment: '',
    emergency_plan: null,
    contact: null,
    authoriser: null,
    called_by: null,
    call_back: null,
    read_back: false,
    confirmed_at: null,
    confirmed_by: null,
    said_at: '2026-10-03T12:00:00.000Z',
    declared_at: '2026-10-03T12:00:00.000Z',
    declared_by: { kind: 'user', name: 'Alice', role: 'coordinator' },
    expected_end: null,
    review_at: '2026-10-03T13:00:00.000Z',
    attested_at: '2026-10-03T12:00:00.000Z',
    attested_by: 'Alice',
    unconfirmed_since: null,
    reopening: null,
    suspended_until: null,
    news_at: '2026-10-03T12:00:00.000Z',
    seen_at: null,
    seen_by: null,
    ended_at: null,
    unseen_at: null,
    ...more,
  };
}
