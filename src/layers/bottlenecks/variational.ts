import { sizeOf } from '../../core/shape.ts';
import { integerWithin, layerOptions, nonNegative, optional, positive } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import { type BottleneckCall, firstGroupOf, randomArguments } from '../../engine/layer-call.ts';
import { constantWeight } from '../../engine/layer-definition.ts';
import type { Address } from '../../wasm/kernels.ts';
import { latentModule } from '../../wasm/modules.ts';

/** Options of `variational`. */
export interface VariationalOptions {
  /** Size of the code, 1..65536. */
  readonly units: number;
  /** Factor of the KL divergence (Higgins et al., beta-VAE, 2017). Default 1. */
  readonly beta?: number;
  /** KL in nats per unit below which the loss does not fall (Kingma et al., Inverse autoregressive flow, 2016). Default 0. */
  readonly freeBits?: number;
  /** Steps over which the factor of the KL rises from 0 (Sønderby et al., Ladder VAE, 2016). Default 0. */
  readonly warmup?: number;
  /**
   * Standard deviation of a Gaussian likelihood, for the mean squared error; √½ makes its sum of squares the negative
   * log-likelihood. Default √½. Binary cross-entropy is a Bernoulli likelihood and needs no deviation.
   */
  readonly stddev?: number;
}

/** Addresses of the means, of the logarithms of the variances, and of a count for each unit. */
const savedAddresses = (c: BottleneckCall, units: number): [Address, Address, Address] => {
  const block = c.rows * units * 4;
  return [c.saved, c.saved + block, c.saved + 2 * block];
};

/** Factor of the KL, a sum over units, relative to a loss that is a mean over values. */
function klFactor(c: BottleneckCall, o: VariationalOptions): number {
  const { beta = 1, warmup = 0, stddev = Math.SQRT1_2 } = o;
  const rise = c.training ? Math.min(1, (c.random.step + 1) / warmup) : 1;
  return (beta * rise * 2 * stddev * stddev) / c.outputValues;
}

/**
 * A code drawn from N(mean, variance), where mean and variance are dense layers of the encoder's output. The loss has the KL
 * divergence from N(0, 1), so that codes drawn from N(0, 1) decode to new samples. Any shape becomes `[units]`; `encode` gives
 * the mean. Kingma and Welling, Auto-encoding variational Bayes, 2013. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, fit, sample, variational } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const encoder = [dense({ units: 32, activation: 'relu' })];
 * const spec = { input: [16], encoder, latent: variational({ units: 2 }), decoder: [dense({ units: 16 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * console.log(model.latentShape, sample(model, 5, { seed: 7 }).length / 16); // five new waves
 * // prints [ 2 ] 5
 * ```
 */
export const variational: LayerFactory<VariationalOptions> = /* @__PURE__ */ defineBottleneck<VariationalOptions>({
  type: 'variational',
  bottleneck: true,
  module: latentModule,
  penaltyInEvaluation: true,
  // Free bits compare the mean over the batch with a limit.
  meansOfRows: ({ freeBits }) => !freeBits,

  check: (o, name) =>
    layerOptions(name, o, {
      units: integerWithin(1, 65536),
      beta: optional(nonNegative),
      freeBits: optional(nonNegative),
      warmup: optional(integerWithin(0, 2 ** 31)),
      stddev: optional(positive),
    }),

  outputShape: (o) => [o.units],

  weights(o, input) {
    const fanIn = sizeOf(input);
    const shape = [fanIn, o.units];
    return ['mean', 'logVariance'].flatMap((part) => [
      { name: `${part}.kernel`, shape, initializer: 'glorotUniform', fanIn, fanOut: o.units, l1: 0, l2: 0 },
      constantWeight(`${part}.bias`, o.units, 'zeros'),
    ]);
  },

  saved: (o, _, rows) => (2 * rows + 1) * o.units,

  forward(k, c, o) {
    const { units } = o;
    const [mean, logVariance] = savedAddresses(c, units);
    const [wm, bm, wl, bl] = c.weights as [number, number, number, number];
    k.gemm(c.training ? mean : c.y, c.x, wm, bm, c.rows, units, c.inputSize, 0, c.scratch);
    if (c.saved) k.gemm(logVariance, c.x, wl, bl, c.rows, units, c.inputSize, 0, c.scratch);
    if (!c.training) return;
    const n = c.rows * units;
    k.reparameterize(c.y, mean, logVariance, n, firstGroupOf(c, units), ...randomArguments(c));
  },

  penalty(k, c, o) {
    const [mean, logVariance, counts] = savedAddresses(c, o.units);
    const freeNats = c.training ? (o.freeBits ?? 0) : 0;
    const kl = k.gaussianKl(counts, c.training ? mean : c.y, logVariance, c.rows, o.units, freeNats);
    return { loss: klFactor(c, o) * kl };
  },

  backward(k, c, o) {
    const { units } = o;
    const { rows, inputSize: n, scratch } = c;
    const [mean, logVariance, counts] = savedAddresses(c, units);
    const [wm, , wl] = c.weights as [number, number, number];
    const [gm, bm, gl, bl] = c.gradients as [number, number, number, number];
    k.reparameterizeBackward(
      c.dy,
      logVariance,
      c.dy,
      c.y,
      mean,
      logVariance,
      counts,
      rows,
      units,
      klFactor(c, o) / rows,
    );
    k.gemmTN(gm, c.x, c.dy, n, units, rows, 0, scratch, n);
    k.gemmTN(gl, c.x, logVariance, n, units, rows, 0, scratch, n);
    k.columnSums(bm, c.dy, rows, units);
    k.columnSums(bl, logVariance, rows, units);
    if (!c.dx) return;
    k.gemmNT(c.dx, c.dy, wm, rows, n, units, 0, scratch);
    k.gemmNT(c.dx, logVariance, wl, rows, n, units, 1, scratch);
  },
});
