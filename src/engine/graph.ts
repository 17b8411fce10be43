import { align, checkMemory } from '../wasm/memory-size.ts';
// The network of a spec: nodes in the order of execution, each with its shapes, and weights with offsets in one block.

import { show } from '../core/errors.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { definitionOf } from './define-layer.ts';
import type { Layer, NodeDefinition, WeightSpec } from './layer-definition.ts';

export interface Weight extends WeightSpec {
  /** `encoder.0.kernel` */
  readonly path: string;
  readonly size: number;
  /** Bytes from the start of the block; a multiple of 16. */
  readonly offset: number;
}

export interface Node {
  readonly layer: Layer;
  readonly definition: NodeDefinition;
  readonly path: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly weights: readonly Weight[];
  /** Index of the node whose output is the input, -1 for the input of the network; and of the second input of a join. */
  readonly source: number;
  readonly skipInput: number | undefined;
  /** The input is the output of a bottleneck whose values are mostly 0. */
  readonly sparseInput?: boolean;
}

export interface Network {
  readonly nodes: readonly Node[];
  /** Number of nodes of the encoder, with the bottleneck. */
  readonly encoderNodes: number;
  readonly latentShape: Shape;
  /** Shape of one sample of the last node's output. */
  readonly outputShape: Shape;
  /** Number of nodes, from the first on, that are not trained. */
  readonly frozenNodes: number;
  readonly weights: readonly Weight[];
  /** Bytes of the block of weights, and of its first part, which holds the trained weights. */
  readonly weightBytes: number;
  readonly trainedBytes: number;
  readonly parameterCount: number;
}

/** Approximate number of multiplications for one sample: each weight once at every position of its node's output. */
export const multiplicationsPerSample = ({ nodes }: Network): number =>
  nodes.reduce((total, { weights, outputShape, outputSize }) => {
    const positions = outputSize / outputShape[outputShape.length - 1]!;
    return weights.reduce((sum, { size }) => sum + size * positions, total + 1);
  }, 0);

/** How many samples take up to so many floating-point operations; at least 1. */
export const rowsOfOperations = (network: Network, operations: number): number =>
  Math.max(1, Math.floor(operations / (2 * multiplicationsPerSample(network))));

/** The parts of a spec that make the network. */
export interface NetworkSpec {
  /** Shape of one sample. */
  readonly input: Shape;
  readonly encoder: readonly Layer[];
  readonly latent?: Layer;
  readonly decoder?: readonly Layer[];
  readonly head?: readonly Layer[];
  /** The encoder and the bottleneck are not trained. */
  readonly frozen?: boolean;
}

/** Errors: RangeError when the shapes do not meet, or the weights do not fit into 4 GB. */
export function buildNetwork(spec: NetworkSpec): Network {
  const drafts: DraftNode[] = [];
  const code = append(drafts, spec.encoder, 'encoder', 'encoder', spec.input, -1);
  const latentShape = spec.latent ? append(drafts, [spec.latent], 'latent', 'latent', code, drafts.length - 1) : code;
  const encoderNodes = drafts.length;
  const lastPart = spec.head ? 'head' : 'decoder';
  const outputShape = append(drafts, spec[lastPart] ?? [], lastPart, lastPart, latentShape, encoderNodes - 1);
  const frozenNodes = spec.frozen ? encoderNodes : 0;
  if (spec.decoder && outputShape.join() !== spec.input.join()) {
    throw new RangeError(
      `"decoder" expected to end in the input's shape ${show(spec.input)}, got ${show(outputShape)}`,
    );
  }
  const hasSparseCode = spec.latent && definitionOf(spec.latent, 'latent').sparseOutput?.(spec.latent);
  // The first layer after the bottleneck that does not only change the shape.
  const sparseReader = hasSparseCode
    ? drafts.findIndex(({ definition }, at) => at >= encoderNodes && !definition.identity)
    : -1;
  // Trained weights come first: the blocks of gradients and slots have the layout of this part.
  let weightBytes = 0;
  const assignOffsets = (draft: DraftNode, index: number, fixed: boolean): Weight[] =>
    draft.specs
      .map((weight) => (index < frozenNodes ? { ...weight, fixed: true } : weight))
      .filter((weight) => (weight.fixed ?? false) === fixed)
      .map((weight) => {
        const size = sizeOf(weight.shape);
        const offset = weightBytes;
        weightBytes += align(weight.storage?.bytes ?? size * 4);
        checkMemory(weightBytes, draft.optionPath);
        return { ...weight, path: `${draft.path}.${weight.name}`, size, offset };
      });
  const trained = drafts.map((draft, i) => assignOffsets(draft, i, false));
  const trainedBytes = weightBytes;
  const nodes = drafts.map((draft, i): Node => {
    const { specs, optionPath: _, ...node } = draft;
    return { ...node, sparseInput: i === sparseReader, weights: [...trained[i]!, ...assignOffsets(draft, i, true)] };
  });
  const weights = nodes.flatMap((node) => node.weights);
  const parameterCount = trained.flat().reduce((sum, weight) => sum + weight.size, 0);
  return {
    nodes,
    encoderNodes,
    latentShape,
    outputShape,
    frozenNodes,
    weights,
    weightBytes,
    trainedBytes,
    parameterCount,
  };
}

type DraftNode = Omit<Node, 'weights'> & { readonly specs: readonly WeightSpec[]; readonly optionPath: string };

/** Appends the nodes of `layers`; the first one's input is the output of node `from`. Returns the shape of the last output. */
function append(
  drafts: DraftNode[],
  layers: readonly Layer[],
  optionPath: string,
  path: string,
  input: Shape,
  from: number,
): Shape {
  let shape = input;
  let last = from;
  layers.forEach((layer, i) => {
    const definition = definitionOf(layer, optionPath);
    const name = definition.bottleneck ? optionPath : `${optionPath}[${i}]`;
    const nodePath = definition.bottleneck ? path : `${path}.${i}`;
    const source = last;
    const before = shape;
    const inner = definition.innerLayers?.(layer);
    if (inner) {
      shape = append(drafts, inner, `${name}.layers`, nodePath, shape, source);
      last = drafts.length - 1;
    }
    const middle = shape;
    shape = definition.outputShape(layer, before, name, inner && middle);
    checkMemory(sizeOf(shape) * 4, name);
    const specs = definition.weights?.(layer, before) ?? [];
    const sizes = { inputSize: sizeOf(middle), outputSize: sizeOf(shape) };
    const skipInput = inner ? source : undefined;
    drafts.push({
      layer,
      definition,
      path: nodePath,
      optionPath: name,
      inputShape: middle,
      outputShape: shape,
      ...sizes,
      source: last,
      skipInput,
      specs,
    });
    last = drafts.length - 1;
  });
  return shape;
}
