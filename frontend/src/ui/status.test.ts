import { describe, expect, it } from 'vitest';
import { diversion, site } from '../console/picture.fixture';
import { gate } from '../state/rows.fixture';
import { gateStatus } from './status';

const nothing = { ambulances: null, smur_destination: null, smur_base: null, walk_ins: null };
const word = (...given: Parameters<typeof gateStatus>) => gateStatus(...given).word;

describe('one gate of a site', () => {
  it('is open where nothing is declared, or where somebody said so', () => {
    expect(word('walk_ins', site('a'), [])).toBe('common:gate_value.open');
    const said = diversion('d', 'a', { gates: { ...nothing, walk_ins: 'open' } });
    expect(word('walk_ins', site('a'), [said])).toBe('common:gate_value.open');
  });

  it('is not called open while something is declared there that does not mention it', () => {
    const silent = diversion('d', 'a', { gates: nothing });
    expect(word('walk_ins', site('a'), [silent, silent])).toBe('common:gate_unsaid');
  });

  it('is what restricts it, whatever reports say', () => {
    const closed = { ...gate('closed' as const, 'd'), disputed: ['d'] };
    const here = site('a', { gates: { ...site('a').gates, ambulances: closed } });
    expect(gateStatus('ambulances', here, [diversion('d', 'a')])).toEqual({
      tone: 'diverted',
      word: 'common:gate_value.closed',
    });
  });

  it('is unknown where reports contradict each other', () => {
    const open = { ...gate('open' as const), disputed: ['d'] };
    const here = site('a', { gates: { ...site('a').gates, ambulances: open } });
    expect(gateStatus('ambulances', here, [diversion('d', 'a', { gates: nothing })]).tone).toBe(
      'unknown',
    );
  });
});
