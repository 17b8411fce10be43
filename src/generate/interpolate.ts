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
