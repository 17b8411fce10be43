// A spec becomes a chain of nodes with shapes, and weights with places in one block.

import { show } from '../errors.ts';
import { kindAt, type Layer, type LayerKind, type Shape, sizeOf, type WeightSpec } from '../layers/layer.ts';
import type { AutoencoderSpec } from '../spec.ts';

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
}

export interface Network {
  readonly nodes: readonly Node[];
  /** Number of nodes that make the encoder. */
  readonly encoders: number;
  readonly latent: Shape;
  readonly weights: readonly Weight[];
  /** Bytes of the block of weights, and how many weights there are. */
  readonly bytes: number;
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

/** Errors: RangeError when the shapes do not meet, or the weights do not fit into 4 GB. */
export function buildNetwork(spec: AutoencoderSpec): Network {
  const nodes: Node[] = [];
  const weights: Weight[] = [];
  let shape = spec.input;
  let latent = shape;
  let bytes = 0;
  for (const part of ['encoder', 'decoder'] as const) {
    spec[part].forEach((layer, i) => {
      const place = `${part}[${i}]`;
      const kind = kindAt(layer, place);
      const input = shape;
      shape = kind.shape(layer, input, place);
      fits(sizeOf(shape) * 4, place);
      const own = (kind.weights?.(layer, input) ?? []).map((weight): Weight => {
        const size = sizeOf(weight.shape);
        const offset = bytes;
        bytes += align(size * 4);
        fits(bytes, place);
        return { ...weight, path: `${part}.${i}.${weight.name}`, size, offset };
      });
      weights.push(...own);
      const sizes = { inputSize: sizeOf(input), outputSize: sizeOf(shape) };
      nodes.push({ layer, kind, path: `${part}.${i}`, input, output: shape, ...sizes, weights: own });
    });
    if (part === 'encoder') latent = shape;
  }
  if (shape.join() !== spec.input.join()) {
    throw new RangeError(`"decoder" expected to end in the input's shape ${show(spec.input)}, got ${show(shape)}`);
  }
  const parameterCount = weights.reduce((sum, weight) => sum + weight.size, 0);
  return { nodes, encoders: spec.encoder.length, latent, weights, bytes, parameterCount };
}
