import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { runModel } from '../../model-pass.ts';
import { clamp, evenlySpaced, samplesWithin } from '../../values.ts';

/** Codes that are decoded to learn what a step costs, in all. */
const MAX_DECODED = 4096;
/** A channel's step is at most this many times `step`, and at least the inverse. */
const MAX_STEP_RATIO = 16;

/** Signs that repeat in no short run: bits of a multiplicative hash. */
const randomSign = (i: number): number => ((Math.imul(i + 1, 0x9e3779b1) >>> 15) & 1 ? 1 : -1);

/**
 * A step for each channel, float32, such that an error of a step costs the output the same squared error in each, and
 * all together what they would cost with `step`: for fine steps that gives the fewest bits for an error, as every step
 * then gains the same for the next bit. What an error costs is measured: channels are moved by ± `step` one after the
 * other, all places at once with signs at random (Hutchinson, 1990). A `quantized` code has one step, that of its
 * training.
 */
export function* stepPerChannel(model: Model, z: Float32Array<ArrayBuffer>, step: number): Steps<Float32Array> {
  const size = sizeOf(model.latentShape);
  const channels = model.latentShape.at(-1)!;
  const steps = new Float32Array(channels).fill(step);
  if (model.spec.latent?.type === 'quantized' || channels === 1) return steps;
  const rows = evenlySpaced(z.length / size, Math.min(64, samplesWithin(MAX_DECODED, channels)));
  const base = new Float32Array(rows.length * size);
  rows.forEach((row, r) => {
    base.set(z.subarray(row * size, (row + 1) * size), r * size);
  });
  const before = yield* runModel(model, 'decode', base);
  const costs = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const moved = base.slice();
    for (let i = c; i < moved.length; i += channels) moved[i] = moved[i]! + step * randomSign(i);
    const after = yield* runModel(model, 'decode', moved);
    costs[c] = after.reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0);
    yield (c + 1) / channels;
  }
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / channels;
  if (!(mean > 0 && Number.isFinite(mean))) return steps;
  return steps.map((own, c) => own * clamp(Math.sqrt(mean / costs[c]!), 1 / MAX_STEP_RATIO, MAX_STEP_RATIO));
}
