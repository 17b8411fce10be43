// Training in float64: gradients, clipping, one update of every weight, batch after batch.

import { type Layer, lossAndGradients, type Mix } from './network.ts';
import { clipByGlobalNorm, clipByValue, type Slots, type Update } from './optimizers.ts';

export interface Batch {
  readonly x: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  readonly rows: number;
  /** A mask for each dropout layer, in order; it replaces the layer's mask. */
  readonly masks?: readonly ArrayLike<number>[];
}

export interface Settings {
  readonly optimizer: Update;
  /** A rate, or the rate of each step, the first being 0. */
  readonly learningRate: number | ((step: number) => number);
  readonly loss: Mix;
  readonly clipNorm?: number;
  readonly clipValue?: number;
}

const copy = (layer: Layer): Layer => {
  if (layer.kind === 'dropout') return layer;
  const kernel = layer.kernel.slice();
  return layer.bias ? { ...layer, kernel, bias: layer.bias.slice() } : { ...layer, kernel };
};

/** The layers with the dropout masks of a batch. */
function withMasks(layers: readonly Layer[], masks: Batch['masks']): readonly Layer[] {
  if (!masks) return layers;
  let next = 0;
  return layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, mask: masks[next++]! } : layer));
}

/**
 * The loss of each batch before its update, as Keras' train_step reports it, and the trained layers. The given layers do not
 * change. Gradients are clipped by value first, then by norm.
 */
export function train(
  layers: readonly Layer[],
  batches: readonly Batch[],
  { optimizer, learningRate, loss: mix, clipNorm, clipValue }: Settings,
): { losses: number[]; layers: Layer[] } {
  const trained = layers.map(copy);
  const slots = trained.map((): { kernel: Slots; bias: Slots } => ({ kernel: {}, bias: {} }));
  const losses: number[] = [];
  batches.forEach(({ x, target, rows, masks }, step) => {
    const { loss, gradients } = lossAndGradients(withMasks(trained, masks), x, target, rows, mix);
    losses.push(loss);
    const all = gradients.flatMap(({ kernel, bias }) => [kernel, bias]);
    if (clipValue !== undefined) clipByValue(all, clipValue);
    if (clipNorm !== undefined) clipByGlobalNorm(all, clipNorm);
    const rate = typeof learningRate === 'number' ? learningRate : learningRate(step);
    trained.forEach((layer, l) => {
      if (layer.kind === 'dropout') return;
      optimizer(layer.kernel, gradients[l]!.kernel, slots[l]!.kernel, step + 1, rate);
      if (layer.bias) optimizer(layer.bias, gradients[l]!.bias, slots[l]!.bias, step + 1, rate);
    });
  });
  return { losses, layers: trained };
}
