import { notNegative, number, oneOf, options } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { type Call, constant, defineLayer, type Layer, type LayerFactory } from '../layers/layer.ts';
import { latentModule } from '../wasm/modules.ts';

export interface SparseOptions {
  /** Added to the loss: l1·Σ|code|, the mean over the batch, as Keras' activity regularizer. Default 0. */
  readonly l1?: number;
  /** Activity to be reached, in (0, 1). */
  readonly target?: number;
  /**
   * What activity is: `mean`, the mean of codes in 0..1, held by the KL divergence of each unit's mean from `target`
   * (Ng, Sparse autoencoder, 2011); or `share`, the share of values that are not zero, held by a threshold below
   * which a value becomes zero (Bussmann et al., BatchTopK sparse autoencoders, 2024). Default: `mean` behind a sigmoid, else `share`.
   */
  readonly activity?: 'mean' | 'share';
  /** Factor of the KL divergence, summed over units, to begin with. Default 1. */
  readonly weight?: number;
}

/** Share of a batch's threshold in the one that inference uses. */
const RATE = 0.1;
/** Share by which the factor of the KL grows in a step that is far from the target. */
const GAIN = 0.02;
/** What `weight` may be multiplied or divided by. */
const RANGE = 1e4;
/** The factor falls again while the activity is this near to the target. */
const NEAR = 0.01;

const hasActivation = (layer: Layer | undefined): layer is Layer & { activation?: string } => layer !== undefined;

/** Where the mean of the means is put: behind the gradient of each. */
const means = (c: Call): { means: number; activity: number } => ({
  means: c.saved,
  activity: c.saved + c.inputSize * 4,
});

/**
 * A code of which little is active at a time; it may be wider than the input. With `target` a controller adapts itself
 * until the activity is what was asked for: nothing to tune. Keeps the shape. Errors: TypeError, RangeError on wrong
 * options.
 */
export const sparse: LayerFactory<SparseOptions> = /* @__PURE__ */ defineLayer({
  type: 'sparse',
  latent: true,
  module: latentModule,

  check(o, name) {
    options(name, o, ['type', 'l1', 'target', 'activity', 'weight']);
    if (o.l1 === undefined && o.target === undefined) throw wrongValue(name, 'an l1 or a target', o);
    if (o.l1 !== undefined) notNegative(`${name}.l1`, o.l1);
    if (o.target !== undefined) number(`${name}.target`, o.target, 'a number in (0, 1)', (v) => v > 0 && v < 1);
    if (o.activity !== undefined) oneOf(`${name}.activity`, o.activity, { mean: 0, share: 0 });
    if (o.weight !== undefined) number(`${name}.weight`, o.weight, 'a number above 0', (v) => v > 0);
  },

  behind(o, encoder) {
    const last = encoder[encoder.length - 1];
    if (o.target === undefined || o.activity) return o as unknown as Layer;
    const sigmoid = hasActivation(last) && last.activation === 'sigmoid';
    const activity = sigmoid ? 'mean' : 'share';
    return Object.freeze({ ...(o as SparseOptions & Layer), activity });
  },

  zeros: ({ activity }) => activity === 'share',

  shape: (_, input) => input,

  // The threshold, or what the factor of the KL is multiplied by.
  weights: (o) =>
    o.target === undefined ? [] : [constant('control', 1, o.activity === 'mean' ? 'ones' : 'zeros', true)],

  saved: (o, input) => (o.activity === 'mean' ? input.reduce((n, side) => n * side, 1) + 1 : 0),

  forward(k, c, o) {
    const n = c.rows * c.inputSize;
    const [control] = c.weights;
    if (o.activity !== 'share') {
      k.copyColumns(c.y, c.inputSize, 0, c.x, c.inputSize, 0, c.inputSize, c.rows);
      return;
    }
    if (!c.training) {
      k.keepAbove(c.y, c.x, n, control!);
      return;
    }
    // The largest of the whole batch; inference keeps what is above the threshold that batches had on average.
    const limit = k.keepLargest(c.y, c.x, 1, n, Math.max(1, Math.round(o.target! * n)));
    k.adjust(control!, RATE * (limit - k.adjust(control!, 0, -3e38, 3e38)), -3e38, 3e38);
  },

  penalty(k, c, o) {
    const { l1 = 0, target, activity, weight = 1 } = o;
    const size = l1 ? (l1 / c.rows) * k.penalty(c.y, c.rows * c.inputSize, 1, 0) : 0;
    if (activity !== 'mean') return size;
    const at = means(c);
    k.columnSums(at.means, c.x, c.rows, c.inputSize);
    k.scale(at.means, c.inputSize, 1 / c.rows);
    const kl = k.bernoulliKl(at.means, c.inputSize, target!, at.activity);
    const control = c.weights[0]!;
    const times = k.adjust(control, 0, 1 / RANGE, RANGE);
    c.memo = (weight * times) / c.values;
    // Too far away: press harder.
    const off = Math.abs(k.adjust(at.activity, 0, 0, 1) - target!) / target!;
    k.adjust(control, times * GAIN * Math.min(1, off - NEAR), 1 / RANGE, RANGE);
    return size + (c.memo as number) * kl;
  },

  backward(k, c, o) {
    if (!c.dx) return;
    const { l1 = 0, activity } = o;
    const n = c.rows * c.inputSize;
    if (activity === 'share') k.keptBackward(c.dx, c.dy, c.y, n);
    const slope = activity === 'mean' ? means(c).means : 0;
    const dy = activity === 'share' ? c.dx : c.dy;
    if (l1 || slope || dy === c.dy) {
      const weight = slope ? (c.memo as number) / c.rows : 0;
      k.activityBackward(c.dx, dy, c.y, slope, c.rows, c.inputSize, weight, l1 / c.rows);
    }
  },
});
