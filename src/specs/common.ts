// What the ready-made specs share: options, and halvings.

import { type Activation, activations } from '../activations.ts';
import { type Check, choice, integer, integers, maybe, read } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import type { Shape } from '../layers/layer.ts';
import { sampleShape } from '../spec.ts';

export interface CommonOptions {
  /** Shape of a sample. */
  readonly input: Shape;
  /** Size of the bottleneck, 1..65536. */
  readonly latent: number;
  /** Activation of what comes out: `sigmoid` for values in 0..1, such as pixels; `linear` for others. */
  readonly output?: Activation;
}

export interface HiddenOptions extends CommonOptions {
  /** Sizes of the hidden layers of the encoder, the decoder has them the other way round. Default `[512, 256]`. */
  readonly hidden?: readonly number[];
}

/** The options that all have, checked, and others by their checks. */
export function common<C extends Record<string, Check>>(
  name: string,
  given: CommonOptions,
  output: Activation,
  own: C,
) {
  const checks = {
    input: sampleShape,
    latent: integers(1, 65536),
    output: maybe(choice(activations), output),
    ...own,
  };
  return read(name, given, checks, `${name}.`);
}

/** A list of sizes, or its default. */
export const sizes = (otherwise: readonly number[]): Check<readonly number[]> =>
  maybe((name, value) => {
    if (!Array.isArray(value)) throw wrongType(name, 'a list of sizes', value);
    return value.map((size, i) => integer(`${name}[${i}]`, size, 1, 65536));
  }, otherwise);

/** The sides of an image or a signal after each halving, as long as they can be halved, for so many filters. */
export function halvings(name: string, input: Shape, axes: number, filters: readonly number[]): Shape[] {
  if (input.length !== axes + 1) {
    const shape = axes === 2 ? '[height, width, channels]' : '[length, channels]';
    throw wrongValue(`${name}.input`, shape, input);
  }
  const shapes: Shape[] = [];
  let sides = input.slice(0, axes);
  for (const count of filters) {
    if (sides.some((side) => side % 2 || side < 4)) break;
    sides = sides.map((side) => side / 2);
    shapes.push([...sides, count]);
  }
  if (shapes.length === 0) throw wrongValue(`${name}.input`, 'sides that are even and at least 4', input);
  return shapes;
}
