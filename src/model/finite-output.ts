// Checks inputs and outputs for NaN and infinities.

import { wrongValue } from '../core/errors.ts';
import { firstNonFinite } from '../core/validate.ts';

/** Errors: RangeError for the first value that is not finite. */
export function checkFinite(name: string, values: Float32Array): void {
  const index = firstNonFinite(values);
  if (index >= 0) throw wrongValue(name, 'finite numbers', values, `${values[index]} as value ${index}`);
}

/** Returns the output of a model. Errors: RangeError if a value is not finite. */
export function finiteOutput(values: Float32Array): Float32Array {
  const index = firstNonFinite(values);
  if (index >= 0) throw wrongValue('model', 'one whose output is finite', values[index]);
  return values;
}
