import { wrongValue } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { choice, layerOptions, nonNegative, openUnitInterval, optional, positive } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import type { BottleneckCall } from '../../engine/layer-call.ts';
import { constantWeight, type Layer } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { latentModule } from '../../wasm/modules.ts';

/** Options of `sparse`. At least one of `l1` and `target` is required. */
export interface SparseOptions {
  /** Added to the loss: l1·Σ|code|, the mean over the batch, as Keras' activity regularizer. Default 0. */
  readonly l1?: number;
  /** Activity to reach, in (0, 1). */
  readonly target?: number;
  /**
   * The measure of activity. `mean`: the mean of codes in 0..1, controlled by the KL divergence of each unit's mean from `target`
   * (Ng, Sparse autoencoder, 2011); or `share`, the share of values that are not zero, controlled by a threshold below
   * which a value becomes zero (Bussmann et al., BatchTopK sparse autoencoders, 2024). Default: `mean` after a sigmoid, else `share`.
   */
  readonly activity?: 'mean' | 'share';
  /** Initial factor of the KL divergence, summed over units. Default 1. */
  readonly weight?: number;
}

/** Weight of a batch in the moving average of thresholds, which inference uses. */
const THRESHOLD_MOMENTUM = 0.1;
/** Relative growth of the factor of the KL in a step far from the target. */
const CONTROL_GAIN = 0.02;
/** The factor of the KL is at most `weight` times this number, and at least `weight` divided by this number. */
const MAX_CONTROL = 1e4;
/** Relative distance from the target below which the factor falls. */
const TOLERANCE = 0.01;

/** Address of the mean activity, after the mean or KL slope of each unit. */
const meanActivity = (c: BottleneckCall): number => c.saved + c.inputSize * 4;

/** Factor of the KL in the loss. The mean over few rows says little about a unit, so a short last batch counts less. */
const klFactor = (k: Kernels, c: BottleneckCall, { weight = 1 }: SparseOptions): number =>
  (weight * k.loadFloat(c.weights[0]!) * c.training!.fraction) / c.outputValues;

/** Raises the factor of the KL while the mean activity is far from the target, and lowers the factor near it. */
function updateControl(k: Kernels, c: BottleneckCall, { target }: SparseOptions): void {
  const control = c.weights[0]!;
  const factor = k.loadFloat(control);
  const distance = Math.abs(k.loadFloat(meanActivity(c)) - target!) / target!;
  const next = factor + Math.fround(factor * CONTROL_GAIN * c.training!.fraction * Math.min(1, distance - TOLERANCE));
  k.storeFloat(control, Math.min(Math.max(next, 1 / MAX_CONTROL), MAX_CONTROL));
}

/**
 * A code with few active values; it may be wider than the input. With `target`, a controller adapts a threshold or the factor of
 * a KL divergence until the activity has this value, so that nothing needs tuning. The shape stays. Errors: TypeError, RangeError
 * on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, fit, sparse } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const encoder = [dense({ units: 64, activation: 'relu' })];
 * const spec = { input: [16], encoder, latent: sparse({ target: 0.1 }), decoder: [dense({ units: 16 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * await fit(model, x, { epochs: 30, deterministic: true });
 * const codes = model.encode(x);
 * console.log((codes.filter((value) => value !== 0).length / codes.length).toFixed(2)); // share of active values
 * // prints 0.10
 * ```
 */
export const sparse: LayerFactory<SparseOptions> = /* @__PURE__ */ defineBottleneck<SparseOptions>({
  type: 'sparse',
  bottleneck: true,
  module: latentModule,
  // A target is for the activity of the batch.
  meansOfRows: ({ target }) => target === undefined,

  check(o, name) {
    layerOptions(name, o, {
      l1: optional(nonNegative),
      target: optional(openUnitInterval),
      activity: optional(choice('mean', 'share')),
      weight: optional(positive),
    });
    if (o.l1 === undefined && o.target === undefined) throw wrongValue(name, 'an l1 or a target', o);
  },

  resolveDefaults(o, encoder) {
    const last = encoder[encoder.length - 1] as (Layer & { activation?: string }) | undefined;
    const activity = last?.activation === 'sigmoid' ? 'mean' : 'share';
    return Object.freeze(o.target === undefined || o.activity ? o : { ...o, activity }) as Layer;
  },

  sparseOutput: ({ activity }) => activity === 'share',

  outputShape: (_, input) => input,

  // The threshold, or the factor by which `weight` is multiplied.
  weights: (o) =>
    o.target === undefined ? [] : [constantWeight('control', 1, o.activity === 'mean' ? 'ones' : 'zeros', true)],

  // The mean of each unit, later replaced by the slope of its KL; and the mean of these means.
  saved: (o, input) => (o.activity === 'mean' ? sizeOf(input) + 1 : 0),

  forward(k, c, o) {
    const n = c.rows * c.inputSize;
    const [control] = c.weights;
    if (o.activity !== 'share') {
      k.copy(c.y, c.x, n);
      return;
    }
    if (!c.training) {
      k.threshold(c.y, c.x, n, control!);
      return;
    }
    // Training keeps the largest values of the batch; inference keeps values above the average threshold of the batches.
    const limit = k.topK(c.y, c.x, 1, n, Math.max(1, Math.round(o.target! * n)));
    const average = k.loadFloat(control!);
    k.storeFloat(control!, average + Math.fround(THRESHOLD_MOMENTUM * c.training.fraction * (limit - average)));
  },

  penalty(k, c, o) {
    const { l1 = 0, target, activity } = o;
    const loss = l1 ? (l1 / c.rows) * k.penalty(c.y, c.rows * c.inputSize, 1, 0) : 0;
    if (activity !== 'mean') return { loss };
    k.columnSums(c.saved, c.x, c.rows, c.inputSize);
    k.scale(c.saved, c.inputSize, 1 / c.rows);
    const kl = k.bernoulliKl(c.saved, c.inputSize, target!, meanActivity(c));
    return { loss: loss + klFactor(k, c, o) * kl };
  },

  backward(k, c, o) {
    const { l1 = 0, activity } = o;
    let klWeight = 0;
    if (activity === 'mean') {
      klWeight = klFactor(k, c, o) / c.rows;
      updateControl(k, c, o);
    }
    if (!c.dx) return;
    const isThreshold = activity === 'share';
    if (isThreshold) {
      k.nonZeroBackward(c.dx, c.dy, c.y, c.rows * c.inputSize);
      if (!l1) return;
    }
    const klSlopes = activity === 'mean' ? c.saved : 0;
    const dy = isThreshold ? c.dx : c.dy;
    k.activityPenaltyBackward(c.dx, dy, c.y, klSlopes, c.rows, c.inputSize, klWeight, l1 / c.rows);
  },
});
