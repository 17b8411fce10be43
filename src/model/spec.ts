import { wrongType, wrongValue } from '../core/errors.ts';
import { MAX_AXES, type Shape, sizeOf } from '../core/shape.ts';
import { boolean, type Check, integer, optional, validate } from '../core/validate.ts';
import { checkLayers, definitionFor } from '../engine/define-layer.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { type Loss, lossTerms } from '../engine/losses.ts';
import { NOISE_EXPECTED } from '../layers/transforms/sample-transform.ts';

/** An autoencoder as plain data. */
export interface AutoencoderSpec {
  /** Shape of one sample, channels last: `[784]`, `[28, 28, 1]`. */
  readonly input: Shape;
  /** The layers of the encoder, from the input to the code. */
  readonly encoder: readonly Layer[];
  /** The bottleneck itself, such as `variational({ units: 16 })`. Default: the output of the encoder is the code. */
  readonly latent?: Layer;
  /**
   * The layers of the decoder, from the code to the reconstruction, which has the shape of `input`. An empty list: the output of
   * the encoder is both the code and the reconstruction. Undefined: the model has a head, or was saved without its decoder.
   */
  readonly decoder?: readonly Layer[];
  /** Layers that replace the decoder, such as a classifier: see `addHead`. */
  readonly head?: readonly Layer[];
  /** True: `fit` does not train the encoder and the bottleneck. Default false. */
  readonly frozen?: boolean;
  /** The loss of `fit`, unless its options have another. Default: the mean squared error. */
  readonly loss?: Loss;
  /** The corruption of `fit`, unless its options have another. Default: none. */
  readonly corruption?: Layer | readonly Layer[];
}

/** Largest number of values of a sample: 1 GB of float32, a quarter of the address space of 32 bits. */
const MAX_VALUES = 2 ** 28;

/** Checks the shape of one sample and returns a frozen copy. Errors: TypeError, RangeError. */
export function sampleShape(name: string, shape: unknown): Shape {
  if (!Array.isArray(shape) || shape.length === 0) throw wrongType(name, 'a shape such as [784]', shape);
  integer(`${name}.length`, shape.length, 1, MAX_AXES);
  for (const length of shape) integer(name, length, 1, MAX_VALUES);
  if (sizeOf(shape) > MAX_VALUES) throw wrongValue(name, `at most ${MAX_VALUES} values a sample`, shape);
  return Object.freeze([...shape]);
}

/**
 * Returns the layers of the option `name` as a list. Errors: TypeError, RangeError for layers that the option does not take, and for
 * layers that do not fit samples of shape `input`.
 */
export function checkCorruptions(
  value: unknown,
  input: Shape,
  name = 'corruption',
  use: 'corrupts' | 'augments' = 'corrupts',
  expected = NOISE_EXPECTED,
): readonly Layer[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  list.forEach((layer, i) => {
    const path = Array.isArray(value) ? `${name}[${i}]` : name;
    definitionFor(layer, path, use, expected).checkShape?.(layer, input, path);
  });
  return list;
}

/** Checks a bottleneck, and fills in the defaults that depend on the encoder. */
const bottleneck =
  (encoder: readonly Layer[]): Check<Layer> =>
  (name, layer) => {
    const definition = definitionFor(layer, name, 'bottleneck', 'a bottleneck such as variational()');
    return definition.resolveDefaults?.(layer as Layer, encoder) ?? (layer as Layer);
  };

const decoderLayers: Check<readonly Layer[]> = (name, list) =>
  Array.isArray(list) && list.length === 0 ? Object.freeze([]) : checkLayers(name, list);

/**
 * Checks every part of a spec and returns a copy. `buildNetwork` checks that the shapes match. `needsDecoder`: the decoder is
 * required.
 */
export function checkSpec(spec: AutoencoderSpec, needsDecoder: boolean): AutoencoderSpec {
  const checked = validate('spec', spec, {
    input: sampleShape,
    encoder: checkLayers,
    latent: optional(bottleneck(spec?.encoder)),
    decoder: needsDecoder ? decoderLayers : optional(decoderLayers),
    head: optional(checkLayers),
    frozen: optional(boolean),
    loss: optional((_, loss) => lossTerms(loss as Loss, 'spec.loss') && (loss as Loss)),
    corruption: optional((_, layer) => (Array.isArray(layer) ? Object.freeze([...layer]) : layer) as Layer),
  });
  const { input, head, decoder, corruption } = checked;
  checkCorruptions(corruption, input, 'spec.corruption');
  if (head && decoder) throw wrongValue('head', 'no decoder (see addHead)', head);
  const definedParts = Object.entries(checked).filter(([, part]) => part !== undefined);
  return Object.fromEntries(definedParts) as unknown as AutoencoderSpec;
}
