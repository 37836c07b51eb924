import { expect, it } from 'vitest';
import { noSkew, observe } from './clock';

const iso = (ms: number) => new Date(ms).toISOString();

it('takes the least delayed of the frames for the truth', () => {
  let skew = noSkew;
  for (const delay of [400, 80, 250]) skew = observe(skew, iso(1_000_000), 1_000_000 + delay);
  expect(skew.ms).toBe(-80);
});

it('follows a device clock that was moved', () => {
  let skew = observe(noSkew, iso(1_000_000), 1_000_000);
  skew = observe(skew, iso(1_005_000), 4_605_000);
  expect(skew.ms).toBe(-3_600_000);
});

it('is not thrown off by a time it cannot read', () => {
  expect(observe(noSkew, 'soon', 5)).toBe(noSkew);
});
