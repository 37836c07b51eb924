import { describe, expect, it } from 'vitest';
import type { Boot } from '../api/wire';
import { rightsOf } from './rights';

function of(role: string, region: string | null = 'brussels') {
  const roles = [{ role, region, site: null }] as Boot['roles'];
  return rightsOf({ region: 'brussels', roles });
}

describe('what a desk offers its person', () => {
  it('lets dispatchers and supervisors command, and only supervisors strike a declaration', () => {
    expect(of('dispatcher')).toMatchObject({ command: true, supervise: false, answerFor: false });
    expect(of('supervisor')).toMatchObject({ command: true, supervise: true, answerFor: true });
  });

  it('lets an administrator answer for the rules and the devices, and redirect nobody', () => {
    const administrator = of('administrator');
    expect(administrator).toMatchObject({ command: false, answerFor: true, administer: true });
    expect(administrator.test).toBe(true);
  });

  it('offers nothing to whoever may only look on', () => {
    expect(Object.values(of('inspector'))).toEqual([false, false, false, false, false]);
  });

  it('counts a role in every region, and none that is held in another', () => {
    expect(of('dispatcher', null).command).toBe(true);
    expect(of('dispatcher', 'liege').command).toBe(false);
  });
});
