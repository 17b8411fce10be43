// A model as an ONNX file: IR version 8, operator set 17 (onnx.ai/onnx/repo-docs/IR.html). Comments name the fields of onnx.proto.

import { wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { choice, optional, validate } from '../../core/validate.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import { modelMetadata } from '../../files/model.ts';
import { decodingEngineOf, floatEngineOf, type Model } from '../../model/model.ts';
import type { AutoencoderSpec } from '../../model/spec.ts';
import { digest, METADATA_PREFIX } from '../metadata.ts';
import { toLayout, weightLayout } from '../weight-layout.ts';
import { floatTensor, GraphWriter, namedValue, type Value, valueInfo } from './graph.ts';
import { layerWriters } from './layers.ts';
import { encodeMessage, type Message } from './message.ts';

/** The version of the package, which the file names as its producer's. */
const PRODUCER_VERSION = '0.1.0';

/** Protocol Buffers have messages of at most 2 GB. 16 MB are for everything but the weights. */
const MAX_WEIGHT_BYTES = 2 ** 31 - 2 ** 24;

/** Options of `toOnnx`. */
export interface OnnxOptions {
  /**
   * The part of the model in the graph. `encoder`: from samples `x` to codes `code`; `decoder`: from codes `code` to samples `y`;
   * `whole` (default): from `x` to `y`, the output of `predict`.
   */
  readonly part?: 'encoder' | 'decoder' | 'whole';
}

/** The spec of the model that `fromOnnx` makes of a file. That of a decoder has no other parts than an encoder. */
function partSpec(spec: AutoencoderSpec, part: OnnxOptions['part'], input: Shape): AutoencoderSpec {
  if (part === 'whole') return spec;
  const { encoder, latent, decoder = [] } = spec;
  if (part === 'encoder') return { input, encoder, ...(latent && { latent }) };
  return { input, encoder: decoder.length ? decoder : [{ type: 'reshape', targetShape: input } as Layer] };
}

/**
 * A model as the bytes of an ONNX file: inference in float32, operator set 17, IR version 8. Inputs and outputs have the shapes of
 * isthmus, channels last, after a batch of any size. Weights have the names of `model.weights`, those of convolutions the layout
 * of ONNX. The metadata has the spec, from which `fromOnnx` restores the model with the same bits. `variational` gives the mean.
 * Errors: TypeError for other arguments; RangeError for an unknown part, for the decoder of a model without one, and for more than 2 GB
 * of weights.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder } from 'isthmus';
 * import { toOnnx } from 'isthmus/onnx';
 *
 * const model = await autoencoder(denseAutoencoder({ input: [784], latent: 64 }), { seed: 1 });
 * for (const part of ['whole', 'encoder', 'decoder'] as const) console.log(part, toOnnx(model, { part }).length);
 * // prints whole 405572
 * // prints encoder 201474
 * // prints decoder 204314
 * ```
 */
export function toOnnx(model: Model, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const { network } = floatEngineOf(model);
  const { part } = validate('options', options, { part: optional(choice('whole', 'encoder', 'decoder'), 'whole') });
  if (part === 'decoder') decodingEngineOf(model);
  if (network.weightBytes > MAX_WEIGHT_BYTES)
    throw wrongValue('model', `at most ${MAX_WEIGHT_BYTES} bytes of weights`, network.weightBytes);
  const { encoderNodes, latentShape, nodes } = network;
  const first = part === 'decoder' ? encoderNodes : 0;
  const end = part === 'encoder' ? encoderNodes : nodes.length;
  const inputName = part === 'decoder' ? 'code' : 'x';
  const input = namedValue(part === 'decoder' ? latentShape : model.inputShape, inputName);
  const weightValues = model.weights;
  const g = new GraphWriter(weightValues);
  const values: Value[] = [];
  const valueAt = (index: number): Value => (index < first ? input : values[index]!);
  for (let i = first; i < end; i++) {
    const node = nodes[i]!;
    const { path, layer, source, skipInput } = node;
    g.path = path;
    g.description = JSON.stringify(layer);
    const inputs = { node, x: valueAt(source), skipInput: skipInput === undefined ? undefined : valueAt(skipInput) };
    values[i] = layerWriters[layer.type]!(g, inputs, layer);
    // The code of the entire model has its name where this costs no transposition.
    if (i === encoderNodes - 1 && part === 'whole' && end > encoderNodes) g.finish(values[i]!, 'code', false);
    if (values[i] !== input) g.describe(values[i]!);
  }
  const output = valueAt(end - 1);
  const outputName = part === 'encoder' ? 'code' : 'y';
  g.finish(output, outputName, true);

  const unused: Message[] = [];
  for (const { definition, weights } of nodes.slice(first, end))
    for (const { name, path, shape } of weights) {
      const layout = weightLayout(definition.type, name, shape);
      const { data } = weightValues[path]!;
      const values = layout ? toLayout(data, shape, layout) : data;
      (g.uses(path) ? g.initializers : unused).push(floatTensor(path, layout?.dims ?? shape, values));
    }
  const graph = g.message(part, valueInfo(inputName, input.shape), valueInfo(outputName, output.shape));
  const spec = partSpec(model.spec, part, input.shape);
  const metadata = { ...modelMetadata(model, 'isthmus', spec), part, digest: digest(graph[1]) };
  // ModelProto: ir_version 1, producer_name 2, producer_version 3, graph 7, opset_import 8 (its version 2), metadata_props 14,
  // training_info 20 (its algorithm 2: a graph, here of weights that only training uses).
  return encodeMessage({
    1: 8,
    2: 'isthmus',
    3: PRODUCER_VERSION,
    7: graph,
    8: { 2: 17 },
    14: Object.entries(metadata).map(([key, value]) => ({ 1: METADATA_PREFIX + key, 2: value })),
    20: unused.length ? { 2: { 2: 'training', 5: unused } } : undefined,
  });
}
