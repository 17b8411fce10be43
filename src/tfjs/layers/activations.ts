// Activations by the names of both sides.

import { wrongValue } from '../../core/errors.ts';
import { type Activation, activationCodes } from '../../layers/activations.ts';

/** The slope of ours below zero. tfjs has leakyRelu as a layer only, with a slope of 0.3 unless told. */
export const SLOPE = 0.2;

/** What tfjs calls an activation; undefined where it is a layer of its own there. */
export const tfActivation = (activation: Activation = 'linear'): string | undefined =>
  activation === 'leakyRelu' ? undefined : activation;

/** Ours by the name in a configuration of tfjs or Keras. */
export function activationFrom(name: string, place: string): Activation {
  if (name !== 'leakyRelu' && Object.hasOwn(activationCodes, name)) return name as Activation;
  throw wrongValue(`${place}.activation`, `one of ${Object.keys(activationCodes).join(', ')}`, name);
}
