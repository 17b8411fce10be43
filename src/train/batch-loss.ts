import type { LayerCall } from '../engine/layer-call.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { fusedLosses, type LossTerm, lossCodes, lossCount } from '../engine/losses.ts';
import type { TrainKernels } from '../wasm/kernels.ts';

/**
 * Code of the loss whose gradient is taken before the activation of the last layer, in one pass over the output; undefined
 * where the loss has several terms or no such code. The code for a softmax needs targets with a sum of 1 (`oneHotTargets`).
 */
export function fusedLossCode(terms: readonly LossTerm[], layer: Layer, oneHotTargets: boolean): number | undefined {
  const { activation } = layer as Layer & { activation?: string };
  if (terms.length > 1 || (activation === 'softmax' && !oneHotTargets)) return undefined;
  return fusedLosses[`${activation} ${terms[0]!.name}`];
}

export interface BatchLoss {
  readonly terms: readonly LossTerm[];
  /** The call whose output is compared: `y` with the target, and the gradient goes to `dy`. */
  readonly output: LayerCall;
  /** Address of the target. */
  readonly target: number;
  /** A factor for each sample of a batch; empty without weights. */
  readonly sampleWeights: Float64Array;
  readonly fusedCode: number | undefined;
}

/** The loss of a batch; writes its gradient. `firstRow`: index of its first sample in `sampleWeights`. */
export function lossAndGradient(
  kernels: TrainKernels,
  { terms, output, target, sampleWeights, fusedCode }: BatchLoss,
  rows: number,
  firstRow = 0,
): number {
  const { y, dy, outputSize } = output;
  const weighted = sampleWeights.length > 0;
  // One call for the batch, or one for each sample where samples have weights.
  const calls = weighted ? rows : 1;
  const size = weighted ? outputSize : rows * outputSize;
  let total = 0;
  for (let i = 0; i < terms.length; i++) {
    const { name, weight } = terms[i]!;
    const code = fusedCode ?? lossCodes[name];
    const count = lossCount(name, rows, outputSize);
    for (let r = 0; r < calls; r++) {
      const scale = ((weighted ? sampleWeights[firstRow + r]! : 1) * weight) / count;
      const offset = r * size * 4;
      const sum = kernels.lossGradient(dy + offset, y + offset, target + offset, size, code, scale, i > 0 ? 1 : 0);
      total += scale * sum;
    }
  }
  return total;
}
