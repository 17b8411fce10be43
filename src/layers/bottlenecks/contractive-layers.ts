// The exact contractive penalty of two and more dense layers. With z = x·W + b, y = f(z) and D = diag f'(z) of a sample, the
// transposed Jacobian is W₁·D₁·W₂·D₂ ⋯ Wₙ·Dₙ. Its factors but the first make U = D₁·W₂·D₂ ⋯ Wₙ·Dₙ, and
//
//   ‖J‖² = ‖W₁·U‖² = tr(Uᵀ·G·U) with G = W₁ᵀ·W₁,
//   ∂/∂U = 2·G·U,  ∂/∂W₁ = 2·W₁·Σ U·Uᵀ.
//
// The columns of U of several samples are next to each other, so that one product serves all of them. The backward pass then
// goes through the factors of U from D₁ to Dₙ.

import { maxOf } from '../../core/portable-math.ts';
import type { EncoderPenaltyContext } from '../../engine/encoder-penalty.ts';
import type { DenseLevel, DensePenalty } from './contractive-dense.ts';
import { gramFirstLayer, kernelFirstLayer } from './contractive-first.ts';

/** Bytes of the blocks that the samples of one group pass through, so that they stay in the L2 cache. */
const GROUP_BYTES = 2 ** 19;

export function layersPenalty(context: EncoderPenaltyContext, levels: readonly DenseLevel[]): DensePenalty {
  const { kernels: k, memory, batchSize, arena } = context;
  const { scratch } = memory;
  const [first, last] = [levels[0]!, levels.at(-1)!];
  const below = levels.slice(0, -1);
  const codes = last.units;
  const widest = maxOf(below, ({ units }) => units);
  // A column of U takes two products with units × units values by G, and three with inputs × units values without G.
  const withGram = 2 * first.units * (1 + first.inputs / (batchSize * codes)) < 3 * first.inputs;
  const columnBytes = 4 * (2 * below.reduce((sum, { units }) => sum + units, 0) + (withGram ? 0 : first.inputs));
  const samples = Math.max(1, Math.min(batchSize, Math.floor(GROUP_BYTES / (codes * columnBytes))));
  const columns = samples * codes;

  // By layer below the last: U of the factors behind its kernel, and the same without its slopes. All [units][samples][codes],
  // but the second one of the last layer is the kernel of the code.
  const u = below.map(({ units }) => arena.alloc({ block: units * columns * 4 }).block);
  const q = below.map(({ units }, l) =>
    l === below.length - 1 ? last.kernel : arena.alloc({ block: units * columns * 4 }).block,
  );
  const { du, ones, unusedGradients } = arena.alloc({
    // Gradients by u, of even and of odd layers.
    du: [widest * columns * 4, widest * columns * 4],
    ones: Math.max(batchSize * maxOf(levels, ({ units }) => units), columns) * 4,
    unusedGradients: columns * 4,
  });
  const duOf = (l: number): number => du[l % 2]!;
  const firstLayer = (withGram ? gramFirstLayer : kernelFirstLayer)(context, first, columns);

  /** The arguments of `scaleJacobian` for `count` samples from `start` on: multiplication by the slopes of a layer. */
  const factorsOf = (l: number, start: number) => {
    const { slopes, slopeGradients, units } = below[l]!;
    const isLast = l === below.length - 1;
    const [offset, codeOffset] = [start * units * 4, start * codes * 4];
    return {
      shared: Number(isLast),
      codeFactors: isLast ? last.slopes + codeOffset : ones,
      codeGradients: isLast ? last.slopeGradients + codeOffset : unusedGradients,
      unitFactors: slopes + offset,
      unitGradients: slopeGradients + offset,
      units,
    };
  };

  /** The samples of a group, forward and backward. Gives twice their penalty. */
  const group = (start: number, count: number): number => {
    const n = count * codes;
    for (let l = below.length - 1; l >= 0; l--) {
      const { shared, codeFactors, unitFactors, units } = factorsOf(l, start);
      k.scaleJacobian(u[l]!, q[l]!, shared, codeFactors, unitFactors, count, codes, units);
      if (l > 0) k.gemm(q[l - 1]!, below[l]!.kernel, u[l]!, 0, below[l]!.inputs, n, units, 0, scratch);
    }
    firstLayer.backward(duOf(0), u[0]!, n);
    let twice = 0;
    for (let l = 0; l < below.length; l++) {
      const { shared, codeFactors, codeGradients, unitFactors, unitGradients, units } = factorsOf(l, start);
      const dy = duOf(l);
      const dq = shared ? last.kernelGradient : dy;
      const factors = [codeFactors, codeGradients, unitFactors, unitGradients] as const;
      // The sum is the same at each layer, since U is linear in each of its factors.
      twice = k.scaleJacobianBackward(dq, dy, q[l]!, shared, ...factors, count, codes, units);
      if (shared) break;
      const above = below[l + 1]!;
      k.gemmNT(above.kernelGradient, dy, u[l + 1]!, units, above.units, n, 1, scratch);
      k.gemmTN(duOf(l + 1), above.kernel, dy, above.units, n, units, 0, scratch, above.units);
    }
    return twice;
  };

  return (rows, factor) => {
    const values = memory.floats;
    values.fill(1, ones / 4, ones / 4 + Math.max(rows * maxOf(levels, ({ units }) => units), columns));
    for (const { slopes, activationInput, units, activation } of levels)
      k.activateBackward(slopes, ones, activationInput, rows, units, activation);
    firstLayer.prepare(2 * factor);
    let twice = 0;
    for (let start = 0; start < rows; start += samples) twice += group(start, Math.min(samples, rows - start));
    firstLayer.addGradient(2 * factor);
    for (const { dz, slopeGradients, activationInput, units, activation } of levels) {
      k.clear(dz, rows * units);
      k.activationSecondDerivative(dz, slopeGradients, ones, activationInput, rows * units, activation);
    }
    return twice / 2;
  };
}
