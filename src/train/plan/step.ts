import type { LayerCall } from '../../engine/layer-call.ts';
import type { Layer, NodeDefinition } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import type { Accumulation } from './gradients.ts';

/** A layer or a transform of samples in a training step, with the addresses that it works on. */
export interface ForwardStep {
  readonly definition: Pick<NodeDefinition, 'forward'>;
  readonly layer: Layer;
  readonly call: LayerCall;
}

/** A layer that runs forward and backward. */
export interface TrainingStep extends ForwardStep {
  readonly definition: NodeDefinition;
  readonly accumulations: readonly Accumulation[];
}

/** `batchFraction`: rows divided by those of a full batch. `firstRow`: index of the first sample in the batch. */
export function runForward(
  kernels: Kernels,
  steps: readonly ForwardStep[],
  rows: number,
  step: number,
  batchFraction = 1,
  firstRow = 0,
): void {
  for (const { definition, layer, call } of steps) {
    call.rows = rows;
    call.firstRow = firstRow;
    call.random.step = step;
    if (call.training) call.training.fraction = batchFraction;
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
