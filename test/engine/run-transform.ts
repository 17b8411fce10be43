// Runs one corruption or augmentation on samples in the memory of a kernel bench.
import assert from 'node:assert/strict';
import { definitionOf } from '../../src/engine/define-layer.ts';
import { newCall } from '../../src/engine/executor.ts';
import type { Node } from '../../src/engine/graph.ts';
import type { LayerCall } from '../../src/engine/layer-call.ts';
import type { Layer, SampleTransform } from '../../src/engine/layer-definition.ts';
import type { Kernels } from '../../src/wasm/kernels.ts';
import { Bench } from '../kernels/harness.ts';
import type * as twin from '../reference/corruptions.ts';

const SEED = 2 ** 33 + 3;
const STREAM = 0x60000002;

/** The random words that the values of a batch draw from, as many blocks of 16 words after the first as `first` says. */
export const valueWords = (step = 3, first = 0): twin.Words => ({ step, stream: STREAM, seed: SEED, first });

/** The random words that a corruption draws once for each sample: its level, its position or its choice. */
export const sampleWords = (step = 3): twin.Words => ({ step, stream: STREAM + 0x08000000, seed: SEED });

/** Runs the forward pass of a layer on samples of `shape`; `inPlace` for augmentations. */
export function runTransform(
  layer: Layer,
  x: Float32Array,
  shape: number[],
  { step = 3, row: firstRow = 0, inPlace = false } = {},
): Float32Array {
  const bench = new Bench('strict');
  const size = shape.reduce((a, b) => a * b);
  const definition = definitionOf<SampleTransform>(layer, 'layer');
  const address = bench.put(x);
  const y = inPlace ? address : bench.put(new Float32Array(x.length));
  const sizes = { inputSize: size, outputSize: size };
  const node = { layer, definition, weights: [], inputShape: shape, ...sizes } as unknown as Node;
  const rows = x.length / size;
  const workspace = bench.put(new Float32Array((definition.workspace?.(layer, shape, rows) ?? 0) / 4));
  const random = { step, stream: STREAM, seedLow: SEED >>> 0, seedHigh: Math.floor(SEED / 2 ** 32) };
  const call: LayerCall = { ...newCall(node, bench as never), random, rows, firstRow, x: address, y, workspace };
  const before = structuredClone(call);
  definition.forward(bench.kernels as unknown as Kernels, call, layer);
  assert.deepEqual(call, before, `${layer.type} leaves its call as it was`);
  return bench.get(y, x.length);
}

/** Splits values into samples of `size` values. */
export const rowsOf = (y: Float32Array, size: number): Float32Array[] =>
  Array.from({ length: y.length / size }, (_, r) => y.slice(r * size, (r + 1) * size));
