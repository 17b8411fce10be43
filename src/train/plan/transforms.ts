import { type Shape, sizeOf } from '../../core/shape.ts';
import { newCall } from '../../engine/executor.ts';
import { randomStreams } from '../../engine/initialize.ts';
import { definitionOf, type Layer, type LayerCall } from '../../engine/layer-definition.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { TrainingStep } from './step.ts';

export interface TransformOptions {
  readonly augment: readonly Layer[];
  readonly corruption: readonly Layer[];
  readonly inputShape: Shape;
  /** Fields of a call that draws random numbers in training. */
  readonly random: Pick<LayerCall, 'training' | 'seedLow' | 'seedHigh'>;
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
  { augment, corruption, inputShape, random }: TransformOptions,
  { input, target, corrupted, workspace }: TransformBuffers,
  memory: Memory,
): TrainingStep[] {
  const size = sizeOf(inputShape);
  const transform = (layer: Layer, stream: number, x: number, y: number): TrainingStep => {
    const call = newCall({ weights: [], inputShape, inputSize: size, outputSize: size }, memory);
    return {
      definition: definitionOf(layer, 'corruption'),
      layer,
      call: { ...call, ...random, x, y, stream, workspace },
      accumulations: [],
    };
  };
  const augmented = augment.flatMap((layer, i) => {
    const stream = randomStreams.augment + i;
    const moves = target && definitionOf(layer, 'augment').augments === 'places';
    return [input, ...(moves ? [target] : [])].map((address) => transform(layer, stream, address, address));
  });
  const corruptions = corruption.map((layer, i) =>
    transform(layer, randomStreams.corruption + i, i === 0 ? input : corrupted, corrupted),
  );
  return [...augmented, ...corruptions];
}
