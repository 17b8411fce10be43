// A quantisation step for each channel of a code.

import { clamp, sumOf } from '../../../core/portable-math.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { evenlySpaced, samplesWithin } from '../../limits.ts';
import { runModel } from '../../model-pass.ts';

/** Maximum number of codes that are decoded, for all channels together, and of samples. */
const MAX_DECODED = 4096;
const MAX_SAMPLES = 64;
/** Maximum ratio of a channel's step and `step`. The minimum is its inverse. */
const MAX_STEP_RATIO = 16;

/** Signs without a short period: bits of a multiplicative hash. */
const randomSign = (i: number): number => ((Math.imul(i + 1, 0x9e3779b1) >>> 15) & 1 ? 1 : -1);

/**
 * A step for each channel, rounded to float32, such that an error of one step in any channel raises the squared error of the
 * output by the same amount, and all channels together raise it as much as with `step` everywhere. With fine steps that
 * takes the fewest bits for an error, because halving any step then lowers the error by the same amount.
 *
 * How an error in a channel affects the output is measured: all positions of the channel are moved by ± `step` with random
 * signs (Hutchinson, 1990). A `quantized` code keeps the one step that it was trained with.
 */
export function* stepPerChannel(model: Model, codes: Float32Array<ArrayBuffer>, step: number): Steps<Float32Array> {
  const size = sizeOf(model.latentShape);
  const channels = model.latentShape.at(-1)!;
  const steps = new Float32Array(channels).fill(step);
  if (model.spec.latent?.type === 'quantized' || channels === 1) return steps;
  const maxSamples = Math.min(MAX_SAMPLES, samplesWithin(MAX_DECODED, channels));
  const indices = evenlySpaced(codes.length / size, maxSamples);
  const base = new Float32Array(indices.length * size);
  for (const [i, index] of indices.entries()) base.set(codes.subarray(index * size, (index + 1) * size), i * size);
  const output = yield* runModel(model, 'decode', base);
  const costs = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const moved = base.slice();
    for (let i = channel; i < moved.length; i += channels) moved[i] = moved[i]! + step * randomSign(i);
    const movedOutput = yield* runModel(model, 'decode', moved);
    costs[channel] = movedOutput.reduce((sum, value, i) => sum + (value - output[i]!) ** 2, 0);
    yield (channel + 1) / channels;
  }
  const meanCost = sumOf(costs) / channels;
  if (!(meanCost > 0 && Number.isFinite(meanCost))) return steps;
  return steps.map((value, channel) => {
    const ratio = Math.sqrt(meanCost / costs[channel]!);
    return value * clamp(ratio, 1 / MAX_STEP_RATIO, MAX_STEP_RATIO);
  });
}
