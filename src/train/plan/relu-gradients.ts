// The gradient of a relu between two convolutions. The second convolution sets the gradient of its input to zero where the output of
// the relu is zero, while the values are in registers. A separate pass would read the output and the gradient again.

import type { ActivationCall } from '../../engine/layer-call.ts';
import type { TrainingStep } from './step.ts';

/** Leaves the gradient of each relu to the layer after it, where both layers can do that. `steps`: a chain of layers. */
export function fuseReluGradients(steps: readonly TrainingStep[]): void {
  for (let i = 1; i < steps.length; i++) {
    const [first, second] = [steps[i - 1]!, steps[i]!];
    const { activation } = first.layer as { activation?: string };
    if (activation !== 'relu' || !first.definition.fusesReluGradient || !second.definition.fusesReluGradient) continue;
    (first.call as ActivationCall).activationBackwardDone = true;
    second.call.reluInput = true;
  }
}
