import { describe, expect, it } from 'vitest';
import { diversion } from '../state/rows.fixture';
import { isAnswered, mayReopenFully, milder, serviceLevels, wish } from './reopening';

const ALL = {
  records: 'works',
  laboratory: 'works',
  radiology: 'works',
  admissions: 'works',
} as const;

describe('reopening', () => {
  it('is not answered while one item is open', () => {
    expect(isAnswered({ ...ALL, admissions: undefined })).toBe(false);
    expect(isAnswered({ ...ALL, admissions: 'not_yet' })).toBe(true);
  });

  it('is full only when every item works', () => {
    expect(mayReopenFully(ALL)).toBe(true);
    expect(mayReopenFully({ ...ALL, laboratory: 'not_yet' })).toBe(false);
  });

  it('keeps the known level of what does not work yet, and puts the unmentioned on paper', () => {
    const checked = { ...ALL, laboratory: 'not_yet', admissions: 'not_yet' } as const;
    expect(serviceLevels(checked, { laboratory: 'down', records: 'down' })).toEqual({
      records: 'normal',
      laboratory: 'down',
      radiology: 'normal',
      admissions: 'manual',
    });
  });

  it('in part asks for the two destination gates and nothing else', () => {
    const said = wish('partial', ALL, diversion(), 'life_threatening', 'closed');
    expect(said.extent).toBe('partial');
    expect(said.gates).toEqual({ ambulances: 'life_threatening', smur_destination: 'closed' });
  });

  it('in full asks for no gate by itself, and tells what works', () => {
    const said = wish('full', ALL, diversion(), 'open', 'open');
    expect(said.gates).toEqual({});
    expect(said.services?.laboratory).toEqual({ level: 'normal' });
  });

  it('says nothing of a service that was never affected', () => {
    const said = wish('full', { ...ALL, radiology: 'not_affected' }, diversion(), 'open', 'open');
    expect(said.services?.radiology).toBeUndefined();
    expect(mayReopenFully({ ...ALL, radiology: 'not_affected' })).toBe(true);
  });

  it('proposes one step milder than now', () => {
    expect(milder('closed')).toBe('life_threatening');
    expect(milder('life_threatening')).toBe('open');
    expect(milder(null)).toBe('open');
  });
});
