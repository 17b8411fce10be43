// Samples for training and samples for validation.

import type { ModelSamples } from '../samples.ts';

/** The samples of a training. */
export interface SplitSamples {
  readonly train: ModelSamples;
  /** Undefined without validation. */
  readonly validation?: ModelSamples;
}

/** Every how many samples one is for validation. */
export const validationStep = (share: number): number => Math.max(2, Math.round(1 / share));

function select(samples: ModelSamples, isSelected: (index: number) => boolean): ModelSamples {
  const size = samples.x.length / samples.count;
  const indices = Array.from({ length: samples.count }, (_, i) => i).filter(isSelected);
  const x =
    samples.x instanceof Uint8Array ? new Uint8Array(indices.length * size) : new Float32Array(indices.length * size);
  for (const [to, from] of indices.entries()) x.set(samples.x.subarray(from * size, (from + 1) * size), to * size);
  return { ...samples, x, count: indices.length };
}

/**
 * Rows and pictures: every n-th one is for validation, because files are often sorted. Windows: the last ones are, because windows
 * that overlap are alike. `share`: of the samples, 0 for none; at least one sample is trained on.
 */
export function splitSamples(samples: ModelSamples, share: number): SplitSamples {
  if (share === 0 || samples.count < 2) return { train: samples };
  if (samples.kind === 'windows') {
    const validated = Math.min(samples.count - 1, Math.max(1, Math.round(samples.count * share)));
    const first = samples.count - validated;
    return { train: select(samples, (i) => i < first), validation: select(samples, (i) => i >= first) };
  }
  const step = validationStep(share);
  const isValidation = (i: number): boolean => i % step === step - 1;
  if (samples.count < step) return { train: samples };
  return { train: select(samples, (i) => !isValidation(i)), validation: select(samples, isValidation) };
}
