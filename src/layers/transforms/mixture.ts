import { wrongType, wrongValue } from '../../core/errors.ts';
import { pickWeighted, sumOf } from '../../core/portable-math.ts';
import { MIXTURE_STRIDE } from '../../core/random-streams.ts';
import { nonNegative, plainObject } from '../../core/validate.ts';
import { definitionFor, definitionOf, type LayerFactory } from '../../engine/define-layer.ts';
import type { Layer, SampleTransform } from '../../engine/layer-definition.ts';
import { defineSampleTransform, drawPerSample, NOISE_EXPECTED, runOnRows } from './sample-transform.ts';

/** Options of `mixture`. */
export interface NoiseMixtureOptions {
  /** 1..64 corruptions, of which each sample gets one. */
  readonly layers: readonly Layer[];
  /** How often each is chosen, in proportion. Default: equally often. */
  readonly weights?: readonly number[];
}

/** Checks an array of `low` to `high` values. */
function checkCount(name: string, expected: string, list: readonly unknown[], low: number, high: number): void {
  if (!Array.isArray(list)) throw wrongType(name, expected, list);
  if (list.length < low || list.length > high) throw wrongValue(name, expected, list);
}

const definition: SampleTransform<NoiseMixtureOptions> = {
  type: 'mixture',
  corrupts: true,

  check(o, name) {
    plainObject(name, o, ['type', 'layers', 'weights']);
    const { layers, weights } = o;
    checkCount(`${name}.layers`, '1..64 corruptions in an array', layers, 1, 64);
    layers.forEach((layer, i) => {
      const path = `${name}.layers[${i}]`;
      if (definitionFor(layer, path, 'corrupts', NOISE_EXPECTED).type === definition.type)
        throw wrongValue(path, NOISE_EXPECTED, definition.type);
    });
    if (weights === undefined) return;
    const { length } = layers;
    checkCount(`${name}.weights`, `${length} numbers, one for each corruption`, weights, length, length);
    weights.forEach((weight, i) => {
      nonNegative(`${name}.weights[${i}]`, weight);
    });
    if (!weights.some((weight) => weight > 0)) throw wrongValue(`${name}.weights`, 'one above 0', weights);
  },

  checkShape(o, input, name) {
    o.layers.forEach((layer, i) => {
      definitionOf<SampleTransform>(layer, name).checkShape?.(layer, input, `${name}.layers[${i}]`);
    });
  },

  forward(k, c, o) {
    const { rows, random } = c;
    const { stream } = random;
    const { layers, weights = layers.map(() => 1) } = o;
    const total = sumOf(weights);
    /** Index of the layer that is chosen for a sample of the call. */
    const choice = (row: number): number => pickWeighted(weights, drawPerSample(k, c, row, 0) * total);
    let next = choice(0);
    for (let r = 0, end = 1; r < rows; r = end++) {
      const chosen = next;
      // Consecutive samples with the same layer are one call of it.
      while (end < rows) {
        next = choice(end);
        if (next !== chosen) break;
        end++;
      }
      const layer = layers[chosen]!;
      random.stream = stream + MIXTURE_STRIDE * (chosen + 1);
      runOnRows(c, r, end - r, () => definitionOf<SampleTransform>(layer, 'mixture').forward(k, c, layer));
      random.stream = stream;
    }
  },
};

export interface MixtureFactory extends LayerFactory<NoiseMixtureOptions> {
  (layers: readonly Layer[], options?: Omit<NoiseMixtureOptions, 'layers'>): Layer & Readonly<NoiseMixtureOptions>;
}

function listFirst(factory: LayerFactory<NoiseMixtureOptions>): MixtureFactory {
  const make = (first: readonly Layer[] | NoiseMixtureOptions, rest: object = {}) => {
    if (!Array.isArray(first)) return factory(first as NoiseMixtureOptions);
    return factory({ ...plainObject('mixture', rest, ['weights']), layers: first });
  };
  return Object.assign(make, { definition: factory.definition }) as MixtureFactory;
}

/**
 * `mixture([a, b], { weights })`: one of several corruptions for each sample, drawn anew at every step, where
 * `corruption: [a, b]` applies one after the other. `maskingNoise({ rate: 0 })` among them leaves a share of the samples
 * as they are. `weights` are proportions; default: equal. Also `mixture({ layers, weights })`, as in a file. A
 * `corruption` of `fit` or of a spec. Errors: TypeError, RangeError on what is no corruption and on wrong weights.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, gaussianNoise, maskingNoise, mixture } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * // Two samples of three get normal noise, one loses a fifth of its values.
 * const corruption = mixture([gaussianNoise({ stddev: 0.3 }), maskingNoise({ rate: 0.2 })], { weights: [2, 1] });
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const { loss } = await fit(model, x, { epochs: 20, corruption, deterministic: true });
 * console.log(loss[19]! < loss[0]!);
 * // prints true
 * ```
 */
export const mixture: MixtureFactory = /* @__PURE__ */ listFirst(
  /* @__PURE__ */ defineSampleTransform<NoiseMixtureOptions>(definition),
);
