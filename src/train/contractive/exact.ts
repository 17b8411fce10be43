// ‖∂code/∂input‖² of a chain of dense layers, and its gradient by propagating back twice, written out. With
// z = x·W + b, y = f(z) and a unit e of the code: u = e∘f'(z) at the last layer, q = u·Wᵀ below it, u = q∘f'(z) again;
// the last q is a row of the Jacobian.

import { maxOf } from '../../core/portable-math.ts';
import type { Layer, LayerCall } from '../../engine/layer-definition.ts';
import { type Activation, activationCodes } from '../../layers/activations.ts';
import type { ContractivePenalty, EncoderStep, PenaltyContext } from './projected.ts';

/** A layer's call, and what it takes besides. */
interface DenseLevel extends LayerCall {
  readonly code: number;
  /** What the derivatives of the activation are made of. */
  readonly activationInput: number;
  /** Blocks of rows × units: u, q (the unit at the last level), the gradient by z. */
  readonly u: number;
  readonly q: number;
  readonly dz: number;
}

const activationOf = (layer: Layer): Activation =>
  (layer as Layer & { activation?: Activation }).activation ?? 'linear';

/** Undefined where the encoder is not a chain of dense layers over vectors. */
export function exactPenalty(setting: PenaltyContext, weight: number): ContractivePenalty | undefined {
  const { encoder, batchSize, kernels: k, engine } = setting;
  const fits = ({ layer, call }: EncoderStep): boolean =>
    layer.type === 'dense' && activationOf(layer) !== 'softmax' && call.inputSize === inputWidth(layer, call);
  if (encoder.length === 0 || !encoder.every(fits)) return undefined;
  const levels = encoder.map(({ layer, call }): DenseLevel => {
    const size = call.outputSize * batchSize * 4;
    const blocks = setting.arena.alloc({ u: size, q: size, dz: size });
    return { ...call, ...blocks, code: activationCodes[activationOf(layer)], activationInput: call.saved || call.y };
  });
  const widest = maxOf(levels, ({ inputSize, outputSize }) => Math.max(inputSize, outputSize));
  const product = maxOf(levels, ({ inputSize, outputSize }) => inputSize * outputSize);
  const { row, sums, whole } = setting.arena.alloc({
    row: widest * batchSize * 4,
    sums: widest * 8,
    whole: product * 4,
  });
  const { scratch } = encoder[0]!.call;
  const last = levels[levels.length - 1]!;

  /** One layer: Σ f'(z)² of each unit times the squared norm of its column. */
  const singleLayer = (rows: number, factor: number): number => {
    const { inputSize: inputs, outputSize: units, activationInput, u, q, dz, code } = last;
    const [kernel, gradient] = [last.weights[0]!, last.gradients[0]!];
    const n = rows * units;
    engine.memory.floats.fill(1, q / 4, q / 4 + n);
    k.activateBackward(u, q, activationInput, rows, units, code);
    k.multiply(whole, kernel, kernel, inputs * units);
    const norms = sums;
    const slopes = sums + widest * 4;
    k.columnSums(norms, whole, inputs, units);
    k.multiply(dz, u, u, n);
    k.columnSums(slopes, dz, rows, units);
    const values = engine.memory.floats;
    let total = 0;
    for (let j = 0; j < units; j++) total += values[norms / 4 + j]! * values[slopes / 4 + j]!;
    // By W: 2·W·slopes; by z: 2·f'·f''·norms.
    for (let j = 0; j < units; j++) {
      values[slopes / 4 + j]! *= 2 * factor;
      values[norms / 4 + j]! *= 2 * factor;
    }
    k.clear(dz, n);
    k.affine(whole, kernel, slopes, 0, inputs, units);
    k.add(gradient, gradient, whole, inputs * units);
    k.affine(u, u, norms, 0, rows, units);
    k.activationSecondDerivative(dz, u, q, activationInput, n, code);
    return factor * total;
  };

  /** Each unit of the code in turn. */
  const layerByLayer = (rows: number, factor: number): number => {
    let total = 0;
    const { outputSize: ends } = last;
    for (const { dz, outputSize } of levels) k.clear(dz, rows * outputSize);
    for (let e = 0; e < ends; e++) {
      const values = engine.memory.floats;
      values.fill(0, last.q / 4, last.q / 4 + rows * ends);
      for (let r = 0; r < rows; r++) values[last.q / 4 + r * ends + e] = 1;
      for (let l = levels.length - 1; l >= 0; l--) {
        const { u, q, activationInput, outputSize: units, inputSize: inputs, weights, code } = levels[l]!;
        k.activateBackward(u, q, activationInput, rows, units, code);
        k.gemmNT(l > 0 ? levels[l - 1]!.q : row, u, weights[0]!, rows, inputs, units, 0, scratch);
      }
      const n = rows * levels[0]!.inputSize;
      total += k.sumOfSquares(row, n);
      k.scale(row, n, 2 * factor);
      for (const {
        u,
        q,
        dz,
        activationInput,
        outputSize: units,
        inputSize: inputs,
        weights,
        gradients,
        code,
      } of levels) {
        // `row` is the gradient by what came out of this level, going back.
        k.gemmTN(gradients[0]!, row, u, inputs, units, rows, 1, scratch);
        k.gemm(u, row, weights[0]!, 0, rows, units, inputs, 0, scratch);
        k.activationSecondDerivative(dz, u, q, activationInput, rows * units, code);
        k.activateBackward(row, u, activationInput, rows, units, code);
      }
    }
    return factor * total;
  };

  return (rows) => {
    const factor = weight / rows;
    const penalty = levels.length === 1 ? singleLayer(rows, factor) : layerByLayer(rows, factor);
    for (let l = levels.length - 1; l >= 0; l--) {
      const { dz, x, inputSize: inputs, outputSize: units, weights, gradients } = levels[l]!;
      const [gradient, bias] = gradients;
      k.gemmTN(gradient!, x, dz, inputs, units, rows, 1, scratch);
      if (bias) {
        k.columnSums(sums, dz, rows, units);
        k.add(bias, bias, sums, units);
      }
      if (l === 0) continue;
      const below = levels[l - 1]!;
      k.gemmNT(row, dz, weights[0]!, rows, inputs, units, 0, scratch);
      k.activateBackward(row, row, below.activationInput, rows, below.outputSize, below.code);
      k.add(below.dz, below.dz, row, rows * below.outputSize);
    }
    return penalty;
  };
}

/** Values of the last axis: the layer runs over vectors where that is all of a sample. */
const inputWidth = (layer: Layer, call: EncoderStep['call']): number =>
  (call.inputSize * (layer as Layer & { units: number }).units) / call.outputSize;
