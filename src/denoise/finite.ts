// Checks that no NaN and no infinity goes in or comes out.

import { notFinite } from '../check.ts';
import { wrongValue } from '../errors.ts';
import type { Model } from '../model.ts';
import type { Samples } from '../types.ts';

/** A RangeError for values of which one is not finite. */
export function checkFinite(name: string, values: Float32Array): void {
  const bad = notFinite(values);
  if (bad >= 0) throw new RangeError(`"${name}" expected finite numbers, got ${values[bad]} as value ${bad}`);
}

/** The reconstruction. Errors: RangeError when it is not finite. */
export function reconstructed(model: Model, x: Samples): Float32Array {
  const out = model.reconstruct(x);
  const bad = notFinite(out);
  if (bad >= 0) throw wrongValue('model', 'one whose output is finite', out[bad]);
  return out;
}
