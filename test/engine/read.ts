import { engineSymbol, type Model } from '../../src/model/model.ts';
import type { Trainer } from '../../src/train/trainer.ts';

/** A copy of the gradient of each weight that is trained, by its path. */
export function gradientsOf(model: Model, trainer: Trainer): Record<string, Float32Array<ArrayBuffer>> {
  const { memory, network } = model[engineSymbol];
  const trained = network.weights.filter((weight) => !weight.fixed);
  return Object.fromEntries(
    trained.map(({ path, offset, size }) => [path, memory.read(trainer.gradients + offset, size)]),
  );
}
