import { UnsupportedError } from '../core/errors.ts';
import { engineOf, type Model } from '../model/model.ts';

/** A model as one C99 file: the weights and a routine of inference. Errors: TypeError, RangeError. */
export function toC(model: Model): string {
  engineOf(model);
  throw new UnsupportedError('toC is not built yet');
}
