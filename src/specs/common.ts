// What the ready-made specs share: the two ends of a net, and halvings.

import { type Activation, activations } from '../activations.ts';
import { integer, oneOf, options } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { dense } from '../layers/dense.ts';
import { type Layer, type Shape, sizeOf } from '../layers/layer.ts';
import { flatten, reshape } from '../layers/reshape.ts';
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

/** The options that all have, checked. */
export function common<T extends CommonOptions>(name: string, given: T, known: readonly string[], output: Activation) {
  const o = options<T>(name, given, ['input', 'latent', 'output', ...known]);
  return {
    o,
    input: sampleShape(`${name}.input`, o.input),
    latent: integer(`${name}.latent`, o.latent, 1, 65536),
    output: o.output === undefined ? output : oneOf(`${name}.output`, o.output, activations),
  };
}

/** A list of sizes, or its default. */
export function sizes(
  name: string,
  value: readonly number[] | undefined,
  otherwise: readonly number[],
): readonly number[] {
  if (value === undefined) return otherwise;
  if (!Array.isArray(value)) throw wrongType(name, 'a list of sizes', value);
  value.forEach((size, i) => {
    integer(`${name}[${i}]`, size, 1, 65536);
  });
  return value;
}

/** Layers that make a vector of a sample of several axes. */
export const flat = (input: Shape): Layer[] => (input.length > 1 ? [flatten()] : []);

/** The layers that put out a sample in the end. */
export const ending = (input: Shape, output: Activation): Layer[] => [
  dense({ units: sizeOf(input), activation: output }),
  ...(input.length > 1 ? [reshape({ targetShape: [...input] })] : []),
];

export const hiddenLayers = (widths: readonly number[]): Layer[] =>
  widths.map((units) => dense({ units, activation: 'gelu' }));

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
