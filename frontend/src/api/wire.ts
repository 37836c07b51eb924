// The shapes that cross the wire, as the server writes them: nothing here is derived, and null
// always means "not established", never "no" or "zero".

export type Language = 'fr' | 'nl' | 'en';
export type Iso = string;

export type Names = { fr: string; nl: string; en?: string };
export type CodedName = { code: string; name: Names };

export const CAUSES = [
  'unknown',
  'it_outage',
  'cyber_suspected',
  'cyber_confirmed',
  'telecom',
  'power',
  'utilities',
  'fire',
  'security',
  'contamination',
  'equipment',
  'staffing',
  'saturation',
  'supplier',
] as const;
export type Cause = (typeof CAUSES)[number];

export const SERVICES = [
  'records',
  'phones',
  'laboratory',
  'radiology',
  'mri',
  'radiotherapy',
  'endoscopy',
  'theatre_scheduling',
  'theatre_devices',
  'pharmacy',
  'admissions',
  'consultations',
  'elective_surgery',
  'chemotherapy',
  'dialysis',
  'email',
  'website',
  'wifi',
  'building',
] as const;
export type Service = (typeof SERVICES)[number];
export type ServiceLevel = 'normal' | 'degraded' | 'manual' | 'down';

export type IntakeGate = 'open' | 'life_threatening' | 'closed';
export type BaseGate = 'available' | 'withdrawn';
export type WalkInGate = 'open' | 'vital_only' | 'closed';
export type GateName = 'ambulances' | 'smur_destination' | 'smur_base' | 'walk_ins';

export type Gates = {
  ambulances: IntakeGate | null;
  smur_destination: IntakeGate | null;
  smur_base: BaseGate | null;
  walk_ins: WalkInGate | null;
};

export type EffectiveGate<V> = { value: V; because: string[] };
export type EffectiveGates = {
  ambulances: EffectiveGate<IntakeGate>;
  smur_destination: EffectiveGate<IntakeGate>;
  smur_base: EffectiveGate<BaseGate>;
  walk_ins: EffectiveGate<WalkInGate>;
};

export type Condition = 'open' | 'limited' | 'diverted' | 'reopening' | 'suspected';
export type Urgency = 'vital' | 'urgent' | 'routine';
export type AgeBand = 'infant' | 'child' | 'adult' | 'senior' | 'unknown';
export type Sex = 'female' | 'male' | 'unknown';
export type VehicleKind = 'ambulance' | 'pit' | 'smur';
export type Channel = 'radio' | 'phone' | 'terminal' | 'cad';

export type Policy = {
  silent_after_s: number;
  escalate_after_s: number;
  crew_overdue_s: number;
  undo_s: number;
  tie_s: number;
  near_arrival_s: number;
  detour_limit_s: number;
  inbound_limit: number;
  review_minutes: number;
};

export type Region = {
  id: string;
  name: Names;
  timezone: string;
  dispatch_phone: string | null;
  boundary: [number, number][];
  vehicle_statuses: CodedName[];
  capabilities: CodedName[];
  policy: Policy;
  simulated: boolean;
};

export type SiteCapability = {
  value: boolean | null;
  detail: Names | null;
  confidence: string | null;
  source: string | null;
};

export type Site = {
  id: string;
  hospital: { id: string; name: Names };
  network: string | null;
  name: Names;
  short: Names;
  zone: string;
  address: { street: Names | null; postal_code: string | null; commune: Names | null };
  lat: number;
  lon: number;
  position_precision: string | null;
  position_confidence: string | null;
  phone: string | null;
  phone_ed: string | null;
  beds: number | null;
  ed_level: string | null;
  destination: 'general' | 'belt' | 'paediatric_only' | 'specialty_only' | 'oncology_only';
  smur_base: boolean | null;
  capabilities: Record<string, SiteCapability>;
  confidence: string | null;
  notes: string | null;
  gates: EffectiveGates;
  closed_capabilities: Record<string, string[]>;
  condition: Condition;
};

export type Person = { name: string; role: string | null };
export type DiversionState = 'suspected' | 'active' | 'recovering' | 'lifted' | 'withdrawn';

export type Diversion = {
  id: string;
  site_id: string;
  cause: Cause;
  state: DiversionState;
  gates: Gates;
  closed_capabilities: string[];
  services: Partial<Record<Service, ServiceLevel>>;
  comment: string;
  authoriser: string | null;
  called_by: string | null;
  said_at: Iso;
  declared_at: Iso;
  declared_by: Person;
  expected_end: Iso | null;
  review_at: Iso | null;
  seen_at: Iso | null;
  seen_by: Person | string | null;
  ended_at: Iso | null;
};

export type Vehicle = {
  id: string;
  ref: string;
  call_sign: string;
  kind: VehicleKind;
  operator: string | null;
  base: { name: string; site_id: string | null; lat: number; lon: number } | null;
  status: string;
  active: boolean;
};

export type Transport = {
  id: string;
  ref: string | null;
  vehicle_id: string;
  destination_id: string;
  ordered_destination_id: string | null;
  urgency: Urgency;
  needs: string[];
  age_band: AgeBand;
  sex: Sex;
  physician_on_board: boolean;
  state: 'planned' | 'under_way' | 'arrived' | 'cancelled';
  eta_at: Iso | null;
  opened_at: Iso;
  affected_since: Iso | null;
  ended_at: Iso | null;
};

export type Option = {
  site_id: string;
  seconds: number;
  low: number;
  high: number;
  metres: number;
  source: string;
  data_date: string | null;
  inbound: number;
  admits: boolean;
  unmet: string[];
  unknown: string[];
  detour_s: number | null;
  tie: boolean;
};

export type Redirect = {
  id: string;
  transport_id: string;
  from_id: string;
  to_id: string;
  choice: 'redirect' | 'keep';
  options: Option[];
  reason: string | null;
  state: 'ordered' | 'acknowledged' | 'superseded' | 'cancelled';
  ordered_at: Iso;
  ordered_by: Person;
  acknowledged_at: Iso | null;
  acknowledged_by: Person | string | null;
  channel: Channel | null;
};

export type NoticeState = 'sent' | 'seen' | 'acknowledged' | 'concern' | 'arrived' | 'withdrawn';

export type Notice = {
  id: string;
  site_id: string;
  transport_id: string;
  vehicle: { call_sign: string; kind: VehicleKind };
  urgency: Urgency;
  needs: string[];
  age_band: AgeBand;
  sex: Sex;
  physician_on_board: boolean;
  eta_at: Iso | null;
  redirected_from_id: string | null;
  redirected_to_id: string | null;
  state: NoticeState;
  sent_at: Iso;
  seen_at: Iso | null;
  acknowledged_at: Iso | null;
  acknowledged_by: Person | string | null;
  concern: string | null;
  escalated_at: Iso | null;
  ended_at: Iso | null;
};

export type Presence = {
  id: string;
  state: 'never' | 'live' | 'muted' | 'silent';
  since: Iso | null;
  screens: number;
  sound_armed: boolean;
};

export type EntityByKind = {
  region: Region;
  site: Site;
  diversion: Diversion;
  vehicle: Vehicle;
  transport: Transport;
  redirect: Redirect;
  notice: Notice;
  presence: Presence;
};
export type Kind = keyof EntityByKind;
export const KINDS: readonly Kind[] = [
  'region',
  'site',
  'diversion',
  'vehicle',
  'transport',
  'redirect',
  'notice',
  'presence',
];

/** state null: the row left the live set; its version is still the truth about its age. */
export type Change = {
  [K in Kind]: { kind: K; id: string; version: number; state: EntityByKind[K] | null };
}[Kind];

export type Actor = { kind: 'user' | 'token' | 'clock'; name: string; role: string | null };

export type FeedEvent = {
  seq: number;
  id: string;
  kind: string;
  at: Iso;
  said_at: Iso;
  actor: Actor;
  fact: Record<string, unknown>;
  changes: Change[];
};
export type LogEntry = Omit<FeedEvent, 'changes'>;

/** vehicle id, latitude, longitude, when it was there, heading, metres per second */
export type Position = [string, number, number, Iso, number | null, number | null];

export type RoleGrant = { role: string; region: string | null; site: string | null };

export type HelloFrame = {
  type: 'hello';
  protocol: number;
  region: string;
  audience: string;
  server_time: Iso;
  you: { name: string; roles: RoleGrant[] };
};
export type SnapshotFrame = {
  type: 'snapshot';
  cursor: string;
  at: Iso;
  entities: Change[];
  positions: Position[];
  log: LogEntry[];
};
export type EventsFrame = { type: 'events'; cursor: string; events: FeedEvent[] };
export type PositionsFrame = { type: 'positions'; at: Iso; positions: Position[] };
export type TickFrame = { type: 'tick'; at: Iso; cursor: string; clock_at: Iso | null };
export type ByeReason = 'logged_out' | 'access_changed' | 'denied' | 'too_slow' | 'shutdown';
export type ByeFrame = { type: 'bye'; reason: ByeReason };
export type Frame =
  | HelloFrame
  | SnapshotFrame
  | EventsFrame
  | PositionsFrame
  | TickFrame
  | ByeFrame;

/** The receipt of every command: what was recorded, as this actor may see it. */
export type Answer = { seq: number; cursor: string; recorded_at: Iso; events: FeedEvent[] };

export type ProblemBody = {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  errors?: { path: string; code: string; detail: string }[];
  current?: Change;
};

export type OptionsAnswer = { transport_id: string; options: Option[] };

export type IndividualReason =
  | 'near_arrival'
  | 'critical'
  | 'physician_on_board'
  | 'position_lost'
  | 'no_open_alternative';

export type Proposal = {
  transport_id: string;
  choice: 'redirect' | 'individual';
  to_id: string | null;
  options: Option[];
  individual_reason: IndividualReason | null;
};
export type Plan = {
  site_id: string | null;
  at: Iso;
  proposals: Proposal[];
  totals: { site_id: string; inbound: number; added: number }[];
};

export type BulkRow =
  | { transport: string; ok: true; answer: Answer }
  | { transport: string; ok: false; problem: ProblemBody };
export type BulkAnswer = { results: BulkRow[] };

export type Boot = {
  region: string;
  site: string | null;
  languages: Language[];
  language: Language;
  user: { name: string; username: string };
  roles: RoleGrant[];
};
