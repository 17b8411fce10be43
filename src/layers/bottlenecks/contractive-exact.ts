// ‖∂code/∂input‖² of a chain of dense layers, and its gradient, by backpropagating twice. With z = x·W + b and y = f(z), and
// for a unit e of the code: u = e∘f'(z) at the last layer, q = u·Wᵀ is the gradient by that layer's input, u = q∘f'(z) at the
// layer below, and so on. The last q is a row of the Jacobian.

import { maxOf } from '../../core/portable-math.ts';
import type { EncoderPenalty, EncoderPenaltyContext, PenalizedStep } from '../../engine/encoder-penalty.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { type Activation, activationCodes } from '../activations.ts';
import type { PenalizedEncoder } from './contractive-encoder.ts';

interface DenseOptions {
  readonly units: number;
  readonly activation?: Activation;
}

/** A dense layer of the encoder. Addresses of blocks of `rows` × `units` values where nothing else is said. */
interface DenseLevel {
  readonly activation: number;
  readonly inputs: number;
  readonly units: number;
  /** [rows][inputs] */
  readonly x: number;
  /** [inputs][units] */
  readonly kernel: number;
  readonly kernelGradient: number;
  /** Gradient of the bias; undefined without one. */
  readonly biasGradient: number | undefined;
  /** What `activateBackward` needs: z for swish and gelu, y for all others. */
  readonly activationInput: number;
  readonly u: number;
  /** Gradient of one unit of the code by the layer's output; at the last layer a one for that unit. */
  readonly q: number;
  readonly dz: number;
}

const optionsOf = (step: PenalizedStep): DenseOptions => step.layer as unknown as DenseOptions;

/** A dense layer without softmax whose samples are vectors: it is not applied along further axes. */
function isSupported(step: PenalizedStep): boolean {
  const { units, activation } = optionsOf(step);
  return step.layer.type === 'dense' && activation !== 'softmax' && step.call.outputSize === units;
}

/** y[rows][columns] = x · factors[columns]. `zeros`: a block of `columns` values to be cleared. */
function scaleColumns(
  k: Kernels,
  y: number,
  x: number,
  factors: number,
  zeros: number,
  rows: number,
  columns: number,
): void {
  k.clear(zeros, columns);
  k.affine(y, x, factors, zeros, rows, columns);
}

/** The exact penalty; undefined where the encoder is not a chain of dense layers over vectors. */
export function exactPenalty(
  { batchSize, kernels: k, memory, arena }: EncoderPenaltyContext,
  { steps }: PenalizedEncoder,
  weight: number,
): EncoderPenalty | undefined {
  if (steps.length === 0 || !steps.every(isSupported)) return undefined;
  const { scratch } = memory;
  const levels = steps.map((step): DenseLevel => {
    const { call } = step;
    const bytes = call.outputSize * batchSize * 4;
    return {
      ...arena.alloc({ u: bytes, q: bytes, dz: bytes }),
      activation: activationCodes[optionsOf(step).activation ?? 'linear'],
      inputs: call.inputSize,
      units: call.outputSize,
      x: call.x,
      kernel: call.weights[0]!,
      kernelGradient: call.gradients[0]!,
      biasGradient: call.gradients[1],
      activationInput: call.saved || call.y,
    };
  });
  const widest = maxOf(levels, ({ inputs, units }) => Math.max(inputs, units));
  const { inputGradient, columnSums, slopeSums, kernelProduct } = arena.alloc({
    inputGradient: widest * batchSize * 4,
    columnSums: widest * 4,
    slopeSums: widest * 4,
    kernelProduct: maxOf(levels, ({ inputs, units }) => inputs * units) * 4,
  });
  const [first, last] = [levels[0]!, levels.at(-1)!];

  /** One layer: Σ f'(z)² of each unit, times the squared norm of the unit's column of W. */
  const singleLayer = (rows: number, factor: number): number => {
    const { inputs, units, activation, activationInput, kernel, kernelGradient, u, q, dz } = last;
    const n = rows * units;
    memory.floats.fill(1, q / 4, q / 4 + n);
    k.activateBackward(u, q, activationInput, rows, units, activation);
    k.multiply(kernelProduct, kernel, kernel, inputs * units);
    k.columnSums(columnSums, kernelProduct, inputs, units);
    k.multiply(dz, u, u, n);
    k.columnSums(slopeSums, dz, rows, units);
    const values = memory.floats;
    const [norms, slopes] = [columnSums / 4, slopeSums / 4];
    let total = 0;
    for (let j = 0; j < units; j++) {
      total += values[norms + j]! * values[slopes + j]!;
      values[norms + j]! *= 2 * factor;
      values[slopes + j]! *= 2 * factor;
    }
    // By W: 2·W·slopes. By z: 2·f'·f''·norms.
    scaleColumns(k, kernelProduct, kernel, slopeSums, inputGradient, inputs, units);
    k.add(kernelGradient, kernelGradient, kernelProduct, inputs * units);
    scaleColumns(k, u, u, columnSums, inputGradient, rows, units);
    k.clear(dz, n);
    k.activationSecondDerivative(dz, u, q, activationInput, n, activation);
    return factor * total;
  };

  /** Several layers: each unit of the code in turn. */
  const layerByLayer = (rows: number, factor: number): number => {
    let total = 0;
    for (const { dz, units } of levels) k.clear(dz, rows * units);
    for (let unit = 0; unit < last.units; unit++) {
      const values = memory.floats;
      const ones = last.q / 4;
      values.fill(0, ones, ones + rows * last.units);
      for (let r = 0; r < rows; r++) values[ones + r * last.units + unit] = 1;
      for (let l = levels.length - 1; l >= 0; l--) {
        const { u, q, activationInput, units, inputs, kernel, activation } = levels[l]!;
        k.activateBackward(u, q, activationInput, rows, units, activation);
        k.gemmNT(levels[l - 1]?.q ?? inputGradient, u, kernel, rows, inputs, units, 0, scratch);
      }
      // The row of the Jacobian is there; from here on the same buffer holds the gradient of the penalty by it.
      const n = rows * first.inputs;
      total += k.sumOfSquares(inputGradient, n);
      k.scale(inputGradient, n, 2 * factor);
      for (const { u, q, dz, activationInput, units, inputs, kernel, kernelGradient, activation } of levels) {
        k.gemmTN(kernelGradient, inputGradient, u, inputs, units, rows, 1, scratch, inputs);
        k.gemm(u, inputGradient, kernel, 0, rows, units, inputs, 0, scratch);
        k.activationSecondDerivative(dz, u, q, activationInput, rows * units, activation);
        k.activateBackward(inputGradient, u, activationInput, rows, units, activation);
      }
    }
    return factor * total;
  };

  /** Adds the gradients of kernels and biases by dz, from the last layer to the first. */
  const backward = (rows: number): void => {
    for (let l = levels.length - 1; l >= 0; l--) {
      const { dz, x, inputs, units, kernel, kernelGradient, biasGradient } = levels[l]!;
      k.gemmTN(kernelGradient, x, dz, inputs, units, rows, 1, scratch, inputs);
      if (biasGradient) {
        k.columnSums(columnSums, dz, rows, units);
        k.add(biasGradient, biasGradient, columnSums, units);
      }
      if (l === 0) continue;
      const below = levels[l - 1]!;
      k.gemmNT(inputGradient, dz, kernel, rows, inputs, units, 0, scratch);
      k.activateBackward(inputGradient, inputGradient, below.activationInput, rows, below.units, below.activation);
      k.add(below.dz, below.dz, inputGradient, rows * below.units);
    }
  };

  return (rows) => {
    const factor = weight / rows;
    const penalty = levels.length === 1 ? singleLayer(rows, factor) : layerByLayer(rows, factor);
    backward(rows);
    return penalty;
  };
}
