import * as randomStreams from '../../core/random-streams.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import { definitionOf } from '../../engine/define-layer.ts';
import { newCall } from '../../engine/executor.ts';
import type { RandomState, TrainingBatch } from '../../engine/layer-call.ts';
import type { Layer, SampleTransform } from '../../engine/layer-definition.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { ForwardStep } from './step.ts';

export interface TransformOptions {
  readonly augment: readonly Layer[];
  readonly corruption: readonly Layer[];
  readonly inputShape: Shape;
  readonly batch: TrainingBatch;
  /** Random state without the stream; each transform has a separate stream. */
  readonly random: Omit<RandomState, 'stream'>;
}

/** Byte addresses that the transforms of a batch work on. */
export interface TransformBuffers {
  readonly input: number;
  /** Targets of the input's shape, which move along with the input; 0 where there are none. */
  readonly target: number;
  readonly corrupted: number;
  readonly workspace: number;
}

/**
 * Augmentations change the batch in place; those that move values move the targets alike. Corruptions follow: the first one
 * writes to another buffer, the others change that buffer in place, so that the batch stays as the target.
 */
export function transformSteps(
  { augment, corruption, inputShape, batch, random }: TransformOptions,
  { input, target, corrupted, workspace }: TransformBuffers,
  memory: Memory,
): ForwardStep[] {
  const size = sizeOf(inputShape);
  const transform = (layer: Layer, stream: number, x: number, y: number): ForwardStep => {
    const definition = definitionOf<SampleTransform>(layer, 'corruption');
    const node = { layer, definition, weights: [], inputShape, inputSize: size, outputSize: size };
    const members = { training: batch, random: { ...random, stream }, x, y, workspace };
    return { ...node, call: newCall(node, memory, members) };
  };
  const augmented = augment.flatMap((layer, i) => {
    const stream = randomStreams.augment + i;
    const moves = target && definitionOf<SampleTransform>(layer, 'augment').movesValues;
    return [input, ...(moves ? [target] : [])].map((address) => transform(layer, stream, address, address));
  });
  const corruptions = corruption.map((layer, i) =>
    transform(layer, randomStreams.corruption + i, i === 0 ? input : corrupted, corrupted),
  );
  return [...augmented, ...corruptions];
}
