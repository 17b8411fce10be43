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
  /** The bottleneck itself, such as `variational({ units: 16 })`. Default: what comes out of the encoder, as it is. */
  readonly latent?: Layer;
  /**
   * Its output must have the shape of `input`. Empty, `[]`, for a net without a bottleneck: the encoder's output is then
   * the reconstruction, and the code. Absent where only the encoder was kept, and where there is a head.
   */
  readonly decoder?: readonly Layer[];
  /** What stands behind the encoder instead of a decoder, for labels: see `addHead`. */
  readonly head?: readonly Layer[];
  /** The encoder, and the bottleneck, are not trained. */
  readonly frozen?: boolean;
  /** The default of `fit`; without it the mean squared error. */
  readonly loss?: Loss;
  /** The default of `fit`; without it none. */
  readonly corruption?: Layer | readonly Layer[];
}

/** Values one sample may have: what an index of 32 bits in bytes can address four times over. */
const MAX_VALUES = 2 ** 28;

/** `outputShape` as the shape of one sample. */
export function sampleShape(name: string, shape: unknown): Shape {
  if (!Array.isArray(shape) || shape.length === 0) throw wrongType(name, 'a shape such as [784]', shape);
  integer(`${name}.length`, shape.length, 1, MAX_AXES);
  for (const length of shape) integer(name, length, 1, MAX_VALUES);
  if (sizeOf(shape) > MAX_VALUES) throw wrongValue(name, `at most ${MAX_VALUES} values a sample`, shape);
  return Object.freeze([...shape]);
}

/** The layers of `corruption`, or of another option, each checked to be one and to fit samples of shape `input`. */
export function checkCorruptions(
  value: unknown,
  input: Shape,
  name = 'corruption',
  use: 'corrupts' | 'augments' = 'corrupts',
  expected = NOISE_EXPECTED,
): readonly Layer[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  list.forEach((layer, i) => {
    const path = Array.isArray(value) ? `${name}[${i}]` : name;
    definitionFor(layer, path, use, expected).checkShape?.(layer, input, path);
  });
  return list;
}

/** Checks a bottleneck behind an encoder. */
const bottleneck =
  (encoder: readonly Layer[]): Check<Layer> =>
  (name, layer) => {
    const definition = definitionFor(layer, name, 'bottleneck', 'a bottleneck such as variational()');
    return definition.resolveDefaults?.(layer as Layer, encoder) ?? (layer as Layer);
  };

const decoderLayers: Check<readonly Layer[]> = (name, list) =>
  Array.isArray(list) && list.length === 0 ? Object.freeze([]) : checkLayers(name, list);

/**
 * A copy of the spec with every part checked but the fit of the shapes, which is the network's. `needsDecoder`: there must be
 * a decoder.
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
  if (head && decoder) throw wrongValue('head', 'no decoder beside it (see addHead)', head);
  const present = Object.entries(checked).filter(([, part]) => part !== undefined);
  return Object.fromEntries(present) as unknown as AutoencoderSpec;
}
