import { wrongValue } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { integer } from '../core/validate.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import { engineOf, type Model } from '../model/model.ts';

/**
 * `steps` samples on the way from `a` to `b`, both included: codes on a straight line, decoded, end to end. `a` and `b`
 * are one sample each; `steps` is 2..65536, 8 by default. Synchronous: nothing else runs meanwhile. Errors: TypeError,
 * RangeError when they do not fit.
 */
export function interpolate(model: Model, a: Samples, b: Samples, steps = 8): Float32Array<ArrayBuffer> {
  engineOf(model);
  integer('steps', steps, 2, 65536);
  const [from, to] = [end('a', a, model), end('b', b, model)];
  const size = sizeOf(model.latentShape);
  const codes = Float32Array.from({ length: steps * size }, (_, i) => {
    const t = Math.floor(i / size) / (steps - 1);
    return (1 - t) * from[i % size]! + t * to[i % size]!;
  });
  return model.decode(codes);
}

function end(name: string, x: Samples, model: Model): Float32Array {
  const { count } = new SampleBatch(name, x, model.inputShape);
  if (count !== 1) throw wrongValue(name, 'one sample', `${count} samples`);
  return model.encode(x);
}
