// Plain builders for the tests beside this file: every row complete, nothing random.
import type {
  Channel,
  Diversion,
  MassCasualty,
  Notice,
  Option,
  Presence,
  Question,
  Redirect,
  Site,
  Transport,
  Vehicle,
} from '../api/wire';
import { OPEN, diversion as row } from '../state/rows.fixture';
import type { Picture } from './affected';

export const NOON = Date.parse('2026-10-03T12:00:00.000Z');
export const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

export function site(id: string, more: Partial<Site> = {}): Site {
  return {
    id,
    hospital: { id: `h-${id}`, name: { fr: id, nl: id } },
    network: null,
    name: { fr: id, nl: id },
    short: { fr: id, nl: id },
    zone: 'brussels',
    address: { street: null, postal_code: '1000', commune: { fr: 'Bruxelles', nl: 'Brussel' } },
    lat: 50.8,
    lon: 4.3,
    position_precision: 'site_point',
    position_confidence: 'high',
    phone: null,
    phone_ed: null,
    beds: null,
    ed_level: null,
    destination: 'general',
    smur_base: null,
    capabilities: {},
    confidence: 'high',
    notes: null,
    gates: OPEN,
    closed_capabilities: {},
    condition: 'open',
    quarantined_at: null,
    quarantined_by: null,
    ...more,
  };
}

export function diversion(id: string, siteId: string, more: Partial<Diversion> = {}): Diversion {
  return row({
    id,
    site_id: siteId,
    gates: { ambulances: 'closed', smur_destination: null, smur_base: null, walk_ins: null },
    said_at: at(0),
    declared_at: at(0),
    news_at: at(0),
    declared_by: { kind: 'user', name: 'Alix', role: 'coordinator' },
    review_at: at(3600),
    ...more,
  });
}

export function vehicle(id: string): Vehicle {
  return {
    id,
    ref: id,
    call_sign: id.toUpperCase(),
    kind: 'ambulance',
    operator: null,
    base: null,
    status: 'transporting',
    active: true,
  };
}

export function transport(
  id: string,
  destination: string,
  more: Partial<Transport> = {},
): Transport {
  return {
    id,
    ref: null,
    vehicle_id: `v-${id}`,
    destination_id: destination,
    ordered_destination_id: null,
    mass_casualty_id: null,
    urgency: 'urgent',
    needs: [],
    age_band: 'adult',
    sex: 'unknown',
    physician_on_board: false,
    state: 'under_way',
    eta_at: at(600),
    opened_at: at(-300),
    affected_since: null,
    ended_at: null,
    ...more,
  };
}

export function redirect(id: string, transportId: string, more: Partial<Redirect> = {}): Redirect {
  return {
    id,
    transport_id: transportId,
    from_id: 'old',
    to_id: 'new',
    choice: 'redirect',
    options: [],
    reason: '',
    state: 'ordered',
    ordered_at: at(10),
    ordered_by: { kind: 'user', name: 'Camille', role: 'dispatcher' },
    acknowledged_at: null,
    acknowledged_by: null,
    channel: null,
    objection: null,
    objection_comment: '',
    objected_at: null,
    ...more,
  };
}

export function notice(
  id: string,
  transportId: string,
  siteId: string,
  more: Partial<Notice> = {},
): Notice {
  return {
    id,
    site_id: siteId,
    transport_id: transportId,
    vehicle: { call_sign: `V-${transportId}`.toUpperCase(), kind: 'ambulance' },
    urgency: 'urgent',
    needs: [],
    age_band: 'adult',
    sex: 'unknown',
    physician_on_board: false,
    eta_at: at(600),
    mass_casualty_id: null,
    redirected_from_id: null,
    redirected_to_id: null,
    state: 'sent',
    sent_at: at(0),
    seen_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    concern: null,
    escalated_at: null,
    ended_at: null,
    supervisor_at: null,
    ...more,
  };
}

export function channel(id: string, more: Partial<Channel> = {}): Channel {
  return {
    id,
    site_id: null,
    name: `Channel ${id}`,
    medium: 'sms',
    ends: '…042',
    device: null,
    hears: ['unanswered_notice'],
    test_asked_at: at(-100),
    last_test_at: at(-99),
    last_test_ok: true,
    failing_since: null,
    last_error: null,
    ...more,
  };
}

export function option(siteId: string, more: Partial<Option> = {}): Option {
  return {
    site_id: siteId,
    seconds: 300,
    low: 200,
    high: 400,
    metres: 2000,
    source: 'line',
    data_date: null,
    inbound: 0,
    admits: true,
    unmet: [],
    unknown: [],
    detour_s: null,
    tie: false,
    refusal: null,
    ...more,
  };
}

export function presence(
  id: string,
  state: Presence['state'],
  more: Partial<Presence> = {},
): Presence {
  return { id, state, since: at(0), screens: 0, sound_armed: false, pages: 0, ...more };
}

export function question(id: string, sites: string[], more: Partial<Question> = {}): Question {
  return {
    id,
    text: '',
    sites,
    answers: {},
    asked_at: at(0),
    asked_by: { kind: 'user', name: 'Camille', role: 'dispatcher' },
    deadline_at: at(900),
    overdue_at: null,
    ...more,
  };
}

export function casualty(id: string, more: Partial<MassCasualty> = {}): MassCasualty {
  return {
    id,
    place: 'Gare',
    lat: 50.845,
    lon: 4.357,
    counts: { vital: 2, urgent: 3, routine: null },
    needs: { vital: [], urgent: [], routine: [] },
    counted_at: at(0),
    sites: ['a', 'b'],
    offers: {},
    asked_at: at(0),
    deadline_at: at(300),
    overdue_at: null,
    opened_at: at(0),
    opened_by: { kind: 'user', name: 'Dina', role: 'dispatcher' },
    arrived: [],
    ...more,
  };
}

type Rows = {
  presences?: Presence[];
  questions?: Question[];
  casualties?: MassCasualty[];
  sites?: Site[];
  diversions?: Diversion[];
  transports?: Transport[];
  redirects?: Redirect[];
  notices?: Notice[];
  channels?: Channel[];
};

const byId = <R extends { id: string }>(rows: R[] = []) =>
  new Map(rows.map((row) => [row.id, row]));

export function picture(rows: Rows): Picture {
  return {
    sites: byId(rows.sites),
    diversions: byId(rows.diversions),
    vehicles: byId((rows.transports ?? []).map((one) => vehicle(one.vehicle_id))),
    transports: byId(rows.transports),
    redirects: byId(rows.redirects),
    notices: byId(rows.notices),
    channels: byId(rows.channels),
    presences: byId(rows.presences),
    questions: byId(rows.questions),
    casualties: byId(rows.casualties),
  };
}
