// Countdowns run on the server's clock: the best guess is the least delayed of the last frames,
// and a device clock that was moved starts the guess anew.
const SAMPLES = 12;
const JUMP_MS = 5_000;

export type Skew = { readonly ms: number; readonly samples: readonly number[] };

export const noSkew: Skew = { ms: 0, samples: [] };

export function observe(skew: Skew, serverIso: string, deviceMs: number): Skew {
  const sample = Date.parse(serverIso) - deviceMs;
  if (Number.isNaN(sample)) return skew;
  const jumped = skew.samples.length > 0 && Math.abs(sample - skew.ms) > JUMP_MS;
  const samples = jumped ? [sample] : [...skew.samples, sample].slice(-SAMPLES);
  return { ms: Math.max(...samples), samples };
}
