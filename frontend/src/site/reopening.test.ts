import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../api/wire';
import { diversion, service } from '../state/rows.fixture';
import { servicesOf } from './draft';
import {
  isAnswered,
  mayReopenFully,
  milder,
  type Part,
  reopenedAt,
  replyTo,
  serviceLevels,
  wish,
} from './reopening';

const NOW = Date.parse('2026-10-03T12:00:00.000Z');
const ALL = {
  records: 'works',
  laboratory: 'works',
  radiology: 'works',
  admissions: 'works',
} as const;
const PART: Part = {
  ambulances: 'life_threatening',
  smur: 'closed',
  base: 'available',
  walkIns: 'open',
  capabilities: {},
};

describe('reopening', () => {
  it('is not answered while one item is open', () => {
    expect(isAnswered({ ...ALL, admissions: undefined })).toBe(false);
    expect(isAnswered({ ...ALL, admissions: 'not_yet' })).toBe(true);
  });

  it('is full only when every item works', () => {
    expect(mayReopenFully(ALL)).toBe(true);
    expect(mayReopenFully({ ...ALL, laboratory: 'not_yet' })).toBe(false);
  });

  it('keeps all that was said of what does not work yet, and puts the unmentioned on paper', () => {
    const checked = { ...ALL, laboratory: 'not_yet', admissions: 'not_yet' } as const;
    const expected_at = '2026-10-03T16:00:00.000Z';
    const was = servicesOf({
      laboratory: service('down', { expected_at, note: 'vendor' }),
      records: service('down'),
    });
    expect(serviceLevels(checked, was)).toMatchObject({
      records: { level: 'normal' },
      laboratory: { level: 'down', expected: { at: expected_at }, note: 'vendor' },
      radiology: { level: 'normal' },
      admissions: { level: 'manual' },
    });
  });

  it('in part asks for the two destination gates, and for nothing that stays as it is', () => {
    const said = wish('partial', ALL, diversion(), PART, NOW);
    expect(said.extent).toBe('partial');
    expect(said.gates).toEqual({ ambulances: 'life_threatening', smur_destination: 'closed' });
    expect(said.closed_capabilities).toBeUndefined();
    expect(said.accepts).toBeUndefined();
  });

  it('in part may ask for walk-ins, the own team and capabilities too', () => {
    const gates = { ...diversion().gates, smur_base: 'withdrawn', walk_ins: 'closed' } as const;
    const was = diversion({ gates, closed_capabilities: ['stroke'] });
    const said = wish('partial', ALL, was, { ...PART, capabilities: { births: 'accepted' } }, NOW);
    expect(said.gates).toMatchObject({ smur_base: 'available', walk_ins: 'open' });
    expect(said.closed_capabilities).toEqual([]);
    expect(said.accepts).toEqual(['births']);
  });

  it('in full asks for no gate by itself, and tells what works', () => {
    const said = wish('full', ALL, diversion(), PART, NOW);
    expect(said.gates).toEqual({});
    expect(said.services?.laboratory).toMatchObject({ level: 'normal' });
  });

  it('says nothing of a service that was never affected', () => {
    const said = wish('full', { ...ALL, radiology: 'not_affected' }, diversion(), PART, NOW);
    expect(said.services?.radiology).toBeUndefined();
    expect(mayReopenFully({ ...ALL, radiology: 'not_affected' })).toBe(true);
  });

  it('proposes one step milder than now', () => {
    expect(milder('closed')).toBe('life_threatening');
    expect(milder('life_threatening')).toBe('open');
    expect(milder(null)).toBe('open');
  });
});

describe('the answer of 112', () => {
  const entry = (seq: number, kind: LogEntry['kind'], fact: LogEntry['fact'] = {}): LogEntry => ({
    seq,
    id: String(seq),
    kind,
    at: `2026-10-03T12:0${seq}:00.000Z`,
    said_at: `2026-10-03T12:0${seq}:00.000Z`,
    actor: { kind: 'user', name: 'Dina', role: 'dispatcher' },
    fact: { diversion: 'd1', site: 'delta', ...fact },
  });

  it('is a refusal with its reason, until something newer is said', () => {
    const declined = entry(2, 'diversion.reopening_declined', { reason: 'laboratory first' });
    const log = [entry(1, 'diversion.reopening_asked'), declined];
    expect(replyTo(log, 'd1')).toMatchObject({ kind: 'declined', reason: 'laboratory first' });
    expect(replyTo([...log, entry(3, 'diversion.reopening_asked')], 'd1')).toBeNull();
    expect(replyTo(log, 'd2')).toBeNull();
  });

  it('is an agreement when the change carries what was asked', () => {
    const agreed = entry(2, 'diversion.amended', { reopening: { extent: 'partial' } });
    expect(replyTo([agreed], 'd1')).toMatchObject({ kind: 'agreed', by: 'Dina' });
    expect(replyTo([entry(2, 'diversion.amended')], 'd1')).toBeNull();
  });

  it('is found after the end of the declaration too', () => {
    const lifted = entry(4, 'diversion.lifted', { reopening: { extent: 'full' } });
    expect(reopenedAt([lifted], 'delta')?.kind).toBe('agreed');
    expect(reopenedAt([entry(4, 'diversion.lifted')], 'delta')).toBeNull();
  });
});
