import type { Layer, LayerCall, LayerDefinition } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import type { Accumulation } from './gradients.ts';

/** One layer in a training step, with the addresses that it works on. */
export interface TrainingStep {
  readonly definition: LayerDefinition;
  readonly layer: Layer;
  readonly call: LayerCall;
  readonly accumulations: readonly Accumulation[];
}

/** `batchFraction`: rows divided by those of a full batch. */
export function runForward(
  kernels: Kernels,
  steps: readonly TrainingStep[],
  rows: number,
  step: number,
  batchFraction = 1,
): void {
  for (const { definition, layer, call } of steps) {
    call.rows = rows;
    call.step = step;
    call.batchFraction = batchFraction;
    definition.forward(kernels, call, layer);
  }
}

/** Runs after `runForward`, which sets the rows and the step of each call. */
export function runBackward(kernels: Kernels, steps: readonly TrainingStep[], rows: number): void {
  for (let i = steps.length - 1; i >= 0; i--) {
    const { definition, layer, call, accumulations } = steps[i]!;
    definition.backward(kernels, call, layer);
    for (const { to, from, size } of accumulations) kernels.add(to, to, from, rows * size);
  }
}
