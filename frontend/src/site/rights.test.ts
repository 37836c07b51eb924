import { describe, expect, it } from 'vitest';
import type { Boot } from '../api/wire';
import { rightsAt } from './rights';

type Role = Boot['roles'][number]['role'];
const held = (role: Role, site: string | null = null, region = 'brussels') => ({
  role,
  site,
  region,
});
const rights = (...roles: Boot['roles']) => rightsAt('delta', { region: 'brussels', roles });

describe('rights at a site', () => {
  it('a coordinator speaks for the hospital, and does not admit patients alone', () => {
    const can = rights(held('coordinator', 'delta'));
    expect(can).toMatchObject({ declare: true, speak: true, loosen: false, quarantine: true });
  });

  it('a receiver reads, answers a question and is counted as present, nothing else', () => {
    expect(rights(held('receiver', 'delta'))).toMatchObject({
      declare: false,
      speak: false,
      quarantine: false,
      answer: true,
      beat: true,
    });
  });

  it('a coordinator elsewhere has no right here', () => {
    const can = rights(held('coordinator', 'saint-luc'));
    expect([can.declare, can.speak, can.answer, can.beat, can.quarantine]).not.toContain(true);
    expect(can.campuses).toEqual(['saint-luc']);
  });

  it('dispatch declares and loosens, and does not speak for the hospital', () => {
    expect(rights(held('dispatcher'))).toMatchObject({ declare: true, speak: false, loosen: true });
    expect(rights(held('dispatcher')).quarantine).toBe(false);
    expect(rights(held('supervisor')).quarantine).toBe(true);
  });

  it('a role in another region says nothing', () => {
    expect(rights(held('dispatcher', null, 'liege')).declare).toBe(false);
    expect(rights(held('coordinator', 'chu', 'liege')).campuses).toEqual([]);
  });
});
