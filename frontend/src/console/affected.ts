// Who is affected, and how far each one's redirect has come: derived from the replica alone, so the
// list, the map and the counts can never disagree.
import type {
  Channel,
  Diversion,
  MassCasualty,
  Notice,
  Presence,
  Question,
  Redirect,
  Site,
  Transport,
  Vehicle,
} from '../api/wire';

/** What the desk looks at; World is one, and so is a test's plain object. */
export type Picture = {
  readonly sites: ReadonlyMap<string, Site>;
  readonly diversions: ReadonlyMap<string, Diversion>;
  readonly vehicles: ReadonlyMap<string, Vehicle>;
  readonly transports: ReadonlyMap<string, Transport>;
  readonly redirects: ReadonlyMap<string, Redirect>;
  readonly notices: ReadonlyMap<string, Notice>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly presences: ReadonlyMap<string, Presence>;
  readonly questions: ReadonlyMap<string, Question>;
  readonly casualties: ReadonlyMap<string, MassCasualty>;
};

export type Stage = 'undecided' | 'ordered' | 'crew_ack' | 'ed_ack' | 'kept';

export type Row = {
  readonly id: string;
  readonly transport: Transport;
  readonly vehicle: Vehicle | null;
  /** the decision this row shows; null while undecided */
  readonly redirect: Redirect | null;
  readonly notice: Notice | null;
  readonly fromId: string;
  readonly toId: string | null;
  readonly stage: Stage;
  /** until when there is a choice, see timeToDecide; null: nobody knows when it arrives */
  readonly decideBy: number | null;
};

export type Group = {
  readonly siteId: string;
  /** the failure at several sites that it belongs to, by the newest declaration here */
  readonly failure: string | null;
  readonly site: Site | null;
  readonly diversions: readonly Diversion[];
  readonly rows: readonly Row[];
};

export function headingTo(transport: Transport): string {
  return transport.ordered_destination_id ?? transport.destination_id;
}

const STANDING = new Set(['ordered', 'acknowledged']);

/** The last decision of each transport that still stands. */
export function standingDecisions(
  redirects: ReadonlyMap<string, Redirect>,
): ReadonlyMap<string, Redirect> {
  const latest = new Map<string, Redirect>();
  for (const redirect of redirects.values()) {
    if (!STANDING.has(redirect.state)) continue;
    const known = latest.get(redirect.transport_id);
    if (!known || known.ordered_at < redirect.ordered_at)
      latest.set(redirect.transport_id, redirect);
  }
  return latest;
}

export function noticesByVisit(notices: ReadonlyMap<string, Notice>): ReadonlyMap<string, Notice> {
  const found = new Map<string, Notice>();
  for (const notice of notices.values()) {
    if (notice.state === 'withdrawn') continue;
    found.set(`${notice.transport_id}/${notice.site_id}`, notice);
  }
  return found;
}

export function affectedGroups(picture: Picture, nearArrivalS: number): Group[] {
  const decisions = standingDecisions(picture.redirects);
  const visits = noticesByVisit(picture.notices);
  const bySite = new Map<string, Row[]>();
  for (const diversion of picture.diversions.values()) {
    if (diversion.ended_at === null) bySite.set(diversion.site_id, []);
  }
  for (const transport of picture.transports.values()) {
    const row = rowOf(picture, transport, decisions.get(transport.id), visits, nearArrivalS);
    if (!row) continue;
    const rows = bySite.get(row.fromId);
    if (rows) rows.push(row);
    else bySite.set(row.fromId, [row]);
  }
  return [...bySite].map(([siteId, rows]) => groupOf(picture, siteId, rows)).sort(byNewest);
}

function rowOf(
  picture: Picture,
  transport: Transport,
  decision: Redirect | undefined,
  visits: ReadonlyMap<string, Notice>,
  nearArrivalS: number,
): Row | null {
  const stage = stageOf(transport, decision, visits);
  if (!stage) return null;
  const decided = stage !== 'undecided';
  const redirect = decided ? (decision ?? null) : null;
  return {
    id: transport.id,
    transport,
    vehicle: picture.vehicles.get(transport.vehicle_id) ?? null,
    redirect,
    notice: redirect ? (visits.get(`${transport.id}/${redirect.to_id}`) ?? null) : null,
    fromId: redirect ? redirect.from_id : headingTo(transport),
    toId: redirect?.choice === 'redirect' ? redirect.to_id : null,
    stage,
    decideBy: timeToDecide(transport, nearArrivalS),
  };
}

/** There is time to decide until a vehicle is, by its own estimate, within the region's near_arrival_s of the
 *  place it should not go to; from then on the choice is as good as made. In milliseconds, server time. */
export function timeToDecide(
  { eta_at }: Pick<Transport, 'eta_at'>,
  nearArrivalS: number,
): number | null {
  return eta_at === null ? null : Date.parse(eta_at) - nearArrivalS * 1000;
}

/** null: this transport is no concern of the affected list. */
export function stageOf(
  transport: Transport,
  decision: Redirect | undefined,
  visits: ReadonlyMap<string, Notice>,
): Stage | null {
  if (transport.affected_since !== null) {
    // An order to a place that is closed is a decision too, with its reason: it leaves the transport affected.
    const decided =
      decision?.to_id === headingTo(transport) && decision.ordered_at >= transport.affected_since;
    if (!decided) return 'undecided';
    if (decision.choice === 'keep') return 'kept';
  }
  if (decision?.choice !== 'redirect') return null;
  if (decision.state === 'ordered') return 'ordered';
  const notice = visits.get(`${transport.id}/${decision.to_id}`);
  return notice?.acknowledged_at ? 'ed_ack' : 'crew_ack';
}

function groupOf(picture: Picture, siteId: string, rows: Row[]): Group {
  const diversions = [...picture.diversions.values()]
    .filter((diversion) => diversion.site_id === siteId && diversion.ended_at === null)
    .sort((a, b) => a.declared_at.localeCompare(b.declared_at));
  return {
    siteId,
    failure: diversions.at(-1)?.incident ?? null,
    site: picture.sites.get(siteId) ?? null,
    diversions,
    rows: rows.sort(byTimeToDecide),
  };
}

const RANK: Record<Stage, number> = { undecided: 0, ordered: 1, crew_ack: 1, kept: 1, ed_ack: 1 };

/** Undecided first, the least time left on top; an unknown arrival counts as no time left. The rest
 *  keeps the order in which it was decided, so that rows do not jump as answers come in. */
function byTimeToDecide(a: Row, b: Row): number {
  const rank = RANK[a.stage] - RANK[b.stage];
  if (rank !== 0) return rank;
  if (a.stage === 'undecided') {
    return (a.decideBy ?? 0) - (b.decideBy ?? 0) || a.id.localeCompare(b.id);
  }
  return (
    (a.redirect?.ordered_at ?? '').localeCompare(b.redirect?.ordered_at ?? '') ||
    a.id.localeCompare(b.id)
  );
}

/** Newest declaration first; the sites of one failure were declared at one moment, and stay together. */
function byNewest(a: Group, b: Group): number {
  const last = (group: Group) => group.diversions.at(-1);
  return (
    (last(b)?.declared_at ?? '').localeCompare(last(a)?.declared_at ?? '') ||
    (a.failure ?? '').localeCompare(b.failure ?? '') ||
    a.siteId.localeCompare(b.siteId)
  );
}

/** What the crew has against an order that stands, and since when. */
export function crewCannot({ stage, redirect }: Row): { at: string; why: string } | null {
  if (stage !== 'ordered' || !redirect?.objection || !redirect.objected_at) return null;
  return { at: redirect.objected_at, why: redirect.objection };
}

/** Ordered, and the crew has not answered in the time the region allows. */
export function crewOverdue(row: Row, nowMs: number, limitS: number): boolean {
  // A crew that says it cannot has answered; that is an alarm of its own.
  if (row.stage !== 'ordered' || !row.redirect || row.redirect.objection) return false;
  return nowMs - Date.parse(row.redirect.ordered_at) > limitS * 1000;
}

/** Live patients heading for each site, orders counted where they lead: the load a redirect adds to. */
export function inboundBySite(
  transports: ReadonlyMap<string, Transport>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const transport of transports.values()) {
    const site = headingTo(transport);
    counts.set(site, (counts.get(site) ?? 0) + 1);
  }
  return counts;
}

export function rowsInOrder(groups: readonly Group[]): Row[] {
  return groups.flatMap((group) => group.rows);
}

/** The row to go to once this one is decided: the next undecided, else the one before. */
export function nextUndecided(rows: readonly Row[], id: string): string | null {
  const here = rows.findIndex((row) => row.id === id);
  const after = [...rows.slice(here + 1), ...rows.slice(0, Math.max(0, here))];
  return after.find((row) => row.stage === 'undecided')?.id ?? null;
}
