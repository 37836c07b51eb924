// What crosses the wire, under the short names the screens use. The shapes are generated from the
// server's published schema: where the server changes one, every screen that believed otherwise
// stops compiling. null always means "not established", never "no" or "zero".
import type {
  Answer as AnswerToCommand,
  EventFrame,
  LanguageEnum,
  Name3,
  OptionState,
  PlanAnswer,
  Problem,
  ProposalState,
  RedirectResults,
  RoleState,
  Row,
  SiteState,
  SocketFrame,
  Street,
} from './generated';

export type {
  AmendFormRequest as AmendForm,
  AnswerFormRequest as AnswerForm,
  AttestFormRequest as AttestForm,
  BeatFormRequest as BeatForm,
  CapacityAskFormRequest as CapacityAskForm,
  CapacityOfferFormRequest as CapacityOfferForm,
  CasualtyCountFormRequest as CasualtyCountForm,
  CasualtyGroupState as CasualtyGroup,
  ClaimsFormRequest as ClaimsForm,
  CrewAnswer,
  CrewFormRequest as CrewForm,
  CrewOrder,
  DeclareFormRequest as DeclareForm,
  DeclineFormRequest as DeclineForm,
  DifferenceState as Changed,
  DistributionAnswer,
  EnrolFormRequest as EnrolForm,
  EpisodeState as PastEpisode,
  EpisodesAnswer,
  HeldState as Held,
  IncidentFormRequest as IncidentForm,
  KeepFormRequest as KeepForm,
  LiftFormRequest as LiftForm,
  MassCasualtyFormRequest as MassCasualtyForm,
  ObjectionEnum as Objection,
  ObjectionFormRequest as ObjectionForm,
  OpenTransportFormRequest as OpenTransportForm,
  OptionsAnswer,
  PolicyFormRequest as PolicyForm,
  QuestionFormRequest as QuestionForm,
  ReasonFormRequest as ReasonForm,
  RedirectFormRequest as RedirectForm,
  RedirectItemRequest as RedirectItem,
  ReopenFormRequest as ReopenForm,
  ShareState as Share,
  TimelineAnswer,
  TimelineEntry,
} from './generated';

export type Language = LanguageEnum;
/** A name in its languages: places have none in English, and a street may lack one of the two. */
export type Names = Street & Partial<Pick<Name3, 'en'>>;

/** state null: the row left the live set; its version is still the truth about its age. */
export type Change = Row;
export type Kind = Row['kind'];
export type EntityByKind = { [K in Kind]: NonNullable<Extract<Row, { kind: K }>['state']> };

export type Region = EntityByKind['region'];

export type Site = SiteState;
export type EffectiveGates = Site['gates'];
export type Condition = Site['condition'];

export type Diversion = EntityByKind['diversion'];
export type Cause = Diversion['cause'];
export type Service = keyof Diversion['services'];
export type ServiceState = NonNullable<Diversion['services'][Service]>;
export type ServiceLevel = ServiceState['level'];
/** What a sheet says of services: levels only, or with when each is expected back. */
export type ServiceLevels = Partial<Record<Service, ServiceLevel>>;
export type Dispute = Diversion['disputes'][number];
export type Reopening = NonNullable<Diversion['reopening']>;

export type Gates = Diversion['gates'];
export type GateName = keyof Gates;
export type IntakeGate = NonNullable<Gates['ambulances']>;
export type BaseGate = NonNullable<Gates['smur_base']>;
export type WalkInGate = NonNullable<Gates['walk_ins']>;

export type Vehicle = EntityByKind['vehicle'];
export type VehicleKind = Vehicle['kind'];
export type Transport = EntityByKind['transport'];
export type Urgency = Transport['urgency'];

export type Redirect = EntityByKind['redirect'];
export type Notice = EntityByKind['notice'];
export type Presence = EntityByKind['presence'];
export type Question = EntityByKind['question'];
export type MassCasualty = EntityByKind['mass_casualty'];
export type Channel = EntityByKind['channel'];

export type FeedEvent = EventFrame;
/** What the log on screen keeps of an event: its changes are in the rows. */
export type LogEntry = Omit<FeedEvent, 'changes'>;

export type Frame = SocketFrame;
export type SnapshotFrame = Extract<Frame, { type: 'snapshot' }>;
export type EventsFrame = Extract<Frame, { type: 'events' }>;
export type TickFrame = Extract<Frame, { type: 'tick' }>;
export type Lacking = TickFrame['without'][number];
export type ByeReason = Extract<Frame, { type: 'bye' }>['reason'];
/** vehicle id, latitude, longitude, when it was there, heading, metres per second */
export type Position = SnapshotFrame['positions'][number];

/** The receipt of every command: what was recorded, as this actor may see it. */
export type Answer = AnswerToCommand;
export type ProblemBody = Problem;

export type Option = OptionState;
export type Proposal = ProposalState;
export type Plan = PlanAnswer;

export type BulkAnswer = RedirectResults;

/** By hand: the page carries it, not the API, so the published schema does not have it. */
export type Boot = {
  region: string;
  site: string | null;
  exercise: boolean;
  languages: Language[];
  language: Language;
  user: { name: string; username: string };
  /** with which key of the server a device subscribes to its pushes */
  push_key: string;
  roles: RoleState[];
};

// By hand below: types are gone at run time, and the order of a list on screen is the screens' own.
// Each list compiles only while it holds every value of the schema and no other.

/** Fails to compile when a list leaves a value out: None<Exclude<All, (typeof LIST)[number]>>. */
export type None<LeftOut extends never> = LeftOut;

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
] as const satisfies readonly Cause[];
export type CauseLeftOut = None<Exclude<Cause, (typeof CAUSES)[number]>>;

/** The gravest first. In a place with many casualties they are called T1, T2 and T3. */
export const URGENCIES = ['vital', 'urgent', 'routine'] as const satisfies readonly Urgency[];
export type UrgencyLeftOut = None<Exclude<Urgency, (typeof URGENCIES)[number]>>;

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
  'births',
  'intensive_care',
  'inpatients',
  'kitchen',
  'staff_tools',
] as const satisfies readonly Service[];
export type ServiceLeftOut = None<Exclude<Service, (typeof SERVICES)[number]>>;
