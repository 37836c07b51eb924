// A plain notice for tests; each test names what matters to it.
import type { Notice } from '../api/wire';

export function notice(fields: Partial<Notice> = {}): Notice {
  return {
    id: 'n1',
    site_id: 'saint-jean',
    transport_id: 't1',
    vehicle: { call_sign: 'A 12', kind: 'ambulance' },
    urgency: 'urgent',
    needs: [],
    age_band: 'adult',
    sex: 'unknown',
    physician_on_board: false,
    eta_at: '2026-10-03T12:08:00.000Z',
    mass_casualty_id: null,
    redirected_from_id: null,
    redirected_to_id: null,
    state: 'sent',
    sent_at: '2026-10-03T12:00:00.000Z',
    seen_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    concern: null,
    escalated_at: null,
    ended_at: null,
    supervisor_at: null,
    ...fields,
  };
}
