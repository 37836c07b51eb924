import { describe, expect, it } from 'vitest';
import type { Option } from '../api/wire';
import { sourcesOf } from './journeysources';

const by = (source: string, data_date: string | null = null) => ({ source, data_date }) as Option;

describe('what the journey times rest on', () => {
  it('names each source once, the one with most times first', () => {
    const shown = [[by('line'), by('roads', '2026-03-01')], [by('roads', '2026-03-01')]];
    expect(sourcesOf(shown)).toEqual([
      { source: 'roads', data_date: '2026-03-01' },
      { source: 'line', data_date: null },
    ]);
  });

  it('tells two ages of one source apart, as while a new map comes into use', () => {
    const shown = [[by('roads', '2013-01-01'), by('roads', '2026-03-01')]];
    expect(sourcesOf(shown)).toHaveLength(2);
  });

  it('names none where no times are shown', () => {
    expect(sourcesOf([])).toEqual([]);
  });
});
