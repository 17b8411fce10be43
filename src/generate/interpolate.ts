import { wrongValue } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { integer } from '../core/validate.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import { engineOf, type Model } from '../model/model.ts';

/**
 * `steps` samples from `a` to `b`, both included, in one array: the decoded points of a straight line between their codes.
 * `a` and `b`: one sample each. `steps`: 2..65536, default 8. Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for samples that do not fit the model, and for `steps` out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, fit, interpolate, variationalAutoencoder } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => 0.5 + 0.5 * Math.sin((i >> 4) + (i % 16) / 3));
 * const model = await autoencoder(variationalAutoencoder({ input: [16], latent: 2, hidden: [32] }), { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * const between = interpolate(model, x.subarray(0, 16), x.subarray(16, 32), 8);
 * console.log(between.length / 16);
 * // prints 8
 * ```
 */
export function interpolate(model: Model, a: Samples, b: Samples, steps = 8): Float32Array<ArrayBuffer> {
  engineOf(model);
  integer('steps', steps, 2, 65536);
  const [from, to] = [codeOf('a', a, model), codeOf('b', b, model)];
  const size = sizeOf(model.latentShape);
  const codes = Float32Array.from({ length: steps * size }, (_, i) => {
    const t = Math.floor(i / size) / (steps - 1);
    return (1 - t) * from[i % size]! + t * to[i % size]!;
  });
  return model.decode(codes);
}

/** The code of a single sample. */
function codeOf(name: string, x: Samples, model: Model): Float32Array {
  const { count } = new SampleBatch(name, x, model.inputShape);
  if (count !== 1) throw wrongValue(name, 'one sample', `${count} samples`);
  return model.encode(x);
}
