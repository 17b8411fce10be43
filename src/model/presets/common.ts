// Options that the presets share, and the shapes of repeated halvings.

import { wrongType, wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { type Check, integer, integerWithin, keyOf, optional, validate } from '../../core/validate.ts';
import { type Activation, activationCodes } from '../../layers/activations.ts';
import { sampleShape } from '../spec.ts';

/** Options of all presets with a code. */
export interface CommonOptions {
  /** Shape of one sample, without the batch axis. */
  readonly input: Shape;
  /** Number of values of a code, 1..65536. */
  readonly latent: number;
  /**
   * Activation of the last layer. Default `linear`, for data of any range. `variationalAutoencoder` has the default
   * `sigmoid`, for data in 0..1.
   */
  readonly output?: Activation;
}

/** Options of presets with hidden dense layers. */
export interface HiddenOptions extends CommonOptions {
  /** Units of the hidden layers of the encoder, each 1..65536. The decoder has them in reverse order. Default `[512, 256]`. */
  readonly hidden?: readonly number[];
}

/** Checks `input`, `latent` and `output`, and the options in `checks`. `output`: the default activation. */
export function commonOptions<C extends Record<string, Check>>(
  name: string,
  given: Pick<CommonOptions, 'input' | 'output'>,
  output: Activation,
  checks: C,
) {
  const allChecks = {
    input: sampleShape,
    latent: integerWithin(1, 65536),
    output: optional(keyOf(activationCodes), output),
    ...checks,
  };
  return validate(name, given, allChecks, `${name}.`);
}

/** A list of sizes, each 1..65536. */
export const sizeList = (otherwise: readonly number[]): Check<readonly number[]> =>
  optional((name, value) => {
    if (!Array.isArray(value)) throw wrongType(name, 'a list of sizes', value);
    return value.map((size, i) => integer(`${name}[${i}]`, size, 1, 65536));
  }, otherwise);

/** A list of at least one number of filters, each 1..65536. */
export const filterCounts =
  (otherwise: readonly number[]): Check<readonly number[]> =>
  (name, value) => {
    const counts = sizeList(otherwise)(name, value);
    if (counts.length === 0) throw wrongValue(name, 'at least one number of filters', value);
    return counts;
  };

/**
 * The shape after each halving of an image (`axes` 2) or a signal (`axes` 1), one for each number of filters. Half of an odd
 * side is rounded up, as by a convolution of stride 2 with padding `same`. Errors: RangeError for an input of another rank,
 * and for a side that is 1 before the last halving.
 */
export function halvedShapes(name: string, input: Shape, axes: number, filters: readonly number[]): Shape[] {
  if (input.length !== axes + 1) {
    const shape = axes === 2 ? '[height, width, channels]' : '[length, channels]';
    throw wrongValue(`${name}.input`, shape, input);
  }
  const minSide = 2 ** (filters.length - 1) + 1;
  if (input.slice(0, axes).some((side) => side < minSide)) {
    throw wrongValue(
      `${name}.input`,
      `sides of at least ${minSide} for ${filters.length} halvings (or fewer filters)`,
      input,
    );
  }
  let sides = input.slice(0, axes);
  return filters.map((count) => {
    sides = sides.map((side) => Math.ceil(side / 2));
    return [...sides, count];
  });
}
