// Checks that no NaN and no infinity goes in or comes out.

import { wrongValue } from '../core/errors.ts';
import { firstNonFinite } from '../core/validate.ts';

/** A RangeError for values of which one is not finite. */
export function checkFinite(name: string, values: Float32Array): void {
  const bad = firstNonFinite(values);
  if (bad >= 0) throw new RangeError(`"${name}" expected finite numbers, got ${values[bad]} as value ${bad}`);
}

/** The output of a model. Errors: RangeError when it is not finite. */
export function finiteOutput(values: Float32Array): Float32Array {
  const bad = firstNonFinite(values);
  if (bad >= 0) throw wrongValue('model', 'one whose output is finite', values[bad]);
  return values;
}
