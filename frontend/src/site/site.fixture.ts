// Plain rows for tests; each test names what matters to it.
import type { Diversion } from '../api/wire';

export function diversion(fields: Partial<Diversion> = {}): Diversion {
  return {
    id: 'd1',
    site_id: 'saint-jean',
    cause: 'it_outage',
    state: 'active',
    gates: {
      ambulances: 'closed',
      smur_destination: 'closed',
      smur_base: 'available',
      walk_ins: 'open',
    },
    closed_capabilities: [],
    services: {},
    comment: '',
    authoriser: null,
    called_by: null,
    said_at: '2026-10-03T12:00:00.000Z',
    declared_at: '2026-10-03T12:00:00.000Z',
    declared_by: { kind: 'user', name: 'Alice', role: 'coordinator' },
    expected_end: null,
    review_at: '2026-10-03T13:00:00.000Z',
    seen_at: null,
    seen_by: null,
    ended_at: null,
    unseen_at: null,
    ...fields,
  };
}
