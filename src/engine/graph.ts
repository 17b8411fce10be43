// A spec becomes a chain of nodes with shapes, and weights with places in one block.

import { show } from '../core/errors.ts';
import type { AutoencoderSpec } from '../model/spec.ts';
import { kindAt, type Layer, type LayerKind, type Shape, sizeOf, type WeightSpec } from './layer-definition.ts';

export interface Weight extends WeightSpec {
  /** `encoder.0.kernel` */
  readonly path: string;
  readonly size: number;
  /** Bytes from the start of the block; a multiple of 16. */
  readonly offset: number;
}

export interface Node {
  readonly layer: Layer;
  readonly kind: LayerKind;
  readonly path: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly weights: readonly Weight[];
  /** The node that it reads, -1 for the input of the network; and the second one where two paths join. */
  readonly from: number;
  readonly joined: number | undefined;
  /** It reads a bottleneck that is mostly zero. */
  readonly sparse?: boolean;
}

export interface Network {
  readonly nodes: readonly Node[];
  /** Number of nodes that make the encoder. */
  readonly encoders: number;
  readonly latent: Shape;
  /** Shape of what comes out in the end. */
  readonly output: Shape;
  /** Number of nodes, from the first on, that are not trained. */
  readonly frozen: number;
  readonly weights: readonly Weight[];
  /** Bytes of the block of weights, and of its front part, which is trained. */
  readonly bytes: number;
  readonly trainedBytes: number;
  readonly parameterCount: number;
}

export const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** The largest memory a 32-bit WebAssembly module can address. */
export const MOST_BYTES = 2 ** 32;

/** A RangeError for a model too large, raised before anything is allocated. */
export function fits(bytes: number, what: string): void {
  if (bytes <= MOST_BYTES - 65536) return;
  const gigabytes = (bytes / 2 ** 30).toFixed(1);
  throw new RangeError(`"${what}" expected to need at most 4 GB of memory, got ${gigabytes} GB`);
}

/** About how many multiplications a sample needs: each weight once at every place of its node's output. */
export const products = ({ nodes }: Network): number =>
  nodes.reduce((total, { weights, output, outputSize }) => {
    const places = outputSize / output[output.length - 1]!;
    return weights.reduce((sum, { size }) => sum + size * places, total + 1);
  }, 0);

/** Errors: RangeError when the shapes do not meet, or the weights do not fit into 4 GB. */
export function buildNetwork(spec: AutoencoderSpec): Network {
  const drafts: DraftNode[] = [];
  const code = append(drafts, spec.encoder, 'encoder', 'encoder', spec.input, -1);
  const latent = spec.latent ? append(drafts, [spec.latent], 'latent', 'latent', code, drafts.length - 1) : code;
  const encoders = drafts.length;
  const rest = spec.head ? 'head' : 'decoder';
  const output = append(drafts, spec[rest] ?? [], rest, rest, latent, encoders - 1);
  const frozen = spec.frozen ? encoders : 0;
  if (spec.decoder && output.join() !== spec.input.join()) {
    throw new RangeError(`"decoder" expected to end in the input's shape ${show(spec.input)}, got ${show(output)}`);
  }
  const zeros = spec.latent && kindAt(spec.latent, 'latent').zeros?.(spec.latent);
  // The first layer behind the bottleneck that does more than change the shape.
  const reader = zeros ? drafts.findIndex(({ kind }, at) => at >= encoders && !kind.identity) : -1;
  // Trained weights first: they alone have gradients and slots.
  let bytes = 0;
  const place = (draft: DraftNode, index: number, fixed: boolean): Weight[] =>
    draft.specs
      .map((weight) => (index < frozen ? { ...weight, fixed: true } : weight))
      .filter((weight) => (weight.fixed ?? false) === fixed)
      .map((weight) => {
        const size = sizeOf(weight.shape);
        const offset = bytes;
        bytes += align(size * 4);
        fits(bytes, draft.place);
        return { ...weight, path: `${draft.path}.${weight.name}`, size, offset };
      });
  const trained = drafts.map((draft, i) => place(draft, i, false));
  const trainedBytes = bytes;
  const nodes = drafts.map((draft, i): Node => {
    const { specs, place: _, ...node } = draft;
    return { ...node, sparse: i === reader, weights: [...trained[i]!, ...place(draft, i, true)] };
  });
  const weights = nodes.flatMap((node) => node.weights);
  const parameterCount = trained.flat().reduce((sum, weight) => sum + weight.size, 0);
  return { nodes, encoders, latent, output, frozen, weights, bytes, trainedBytes, parameterCount };
}

type DraftNode = Omit<Node, 'weights'> & { readonly specs: readonly WeightSpec[]; readonly place: string };

/** Appends the nodes of `layers`, the first reading the output of node `from`. Returns the shape that comes out. */
function append(
  drafts: DraftNode[],
  layers: readonly Layer[],
  place: string,
  path: string,
  input: Shape,
  from: number,
): Shape {
  let shape = input;
  let last = from;
  layers.forEach((layer, i) => {
    const kind = kindAt(layer, place);
    const name = kind.latent ? place : `${place}[${i}]`;
    const own = kind.latent ? path : `${path}.${i}`;
    const source = last;
    const before = shape;
    const inner = kind.inner?.(layer);
    if (inner) {
      shape = append(drafts, inner, `${name}.layers`, own, shape, source);
      last = drafts.length - 1;
    }
    const middle = shape;
    shape = kind.shape(layer, before, name, inner && middle);
    fits(sizeOf(shape) * 4, name);
    const specs = kind.weights?.(layer, before) ?? [];
    const sizes = { inputSize: sizeOf(middle), outputSize: sizeOf(shape) };
    const joined = inner ? source : undefined;
    drafts.push({
      layer,
      kind,
      path: own,
      place: name,
      input: middle,
      output: shape,
      ...sizes,
      from: last,
      joined,
      specs,
    });
    last = drafts.length - 1;
  });
  return shape;
}
