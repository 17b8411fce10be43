// The first layer of the exact contractive penalty: factor · ‖W₁·U‖², its gradients by U, and the sums for that by W₁.

import type { EncoderPenaltyContext } from '../../engine/encoder-penalty.ts';
import type { DenseLevel } from './contractive-dense.ts';

export interface FirstLayer {
  /** Once for a batch. `factor`: of the gradients, 2 · weight / rows. */
  prepare(factor: number): void;
  /** du[units][n] = ∂/∂U for u[units][n]. */
  backward(du: number, u: number, n: number): void;
  /** Adds ∂/∂W₁ of all calls of `backward` since `prepare`. */
  addGradient(factor: number): void;
}

/**
 * Rows of a panel of a symmetric matrix. Of 256 rows and columns the panels of its upper triangle have 9/16 of the values, and
 * take 9/16 of the time.
 */
const PANEL_ROWS = 32;
/** Rows of a panel of G, whose computation copies columns of the kernel. */
const GRAM_PANEL_ROWS = 64;

interface Panel {
  readonly first: number;
  readonly rows: number;
  /** Columns, from the column `first` on. */
  readonly columns: number;
  /** Bytes from the first panel. */
  readonly offset: number;
}

/** The panels of the upper triangle of n × n values. */
function panelsOf(n: number, height: number): readonly Panel[] {
  const panels: Panel[] = [];
  let offset = 0;
  for (let first = 0; first < n; first += height) {
    const [rows, columns] = [Math.min(height, n - first), n - first];
    panels.push({ first, rows, columns, offset });
    offset += rows * columns * 4;
  }
  return panels;
}

/** By G = W₁ᵀ·W₁, where the layer has fewer units than about 1.5 times its inputs. G and Σ U·Uᵀ are symmetric. */
export function gramFirstLayer(
  { kernels: k, memory: { scratch }, arena }: EncoderPenaltyContext,
  { inputs, units, kernel, kernelGradient }: DenseLevel,
): FirstLayer {
  const bytes = units * units * 4;
  const { gram, panels, square, kernelColumns } = arena.alloc({
    gram: bytes,
    panels: bytes,
    square: bytes,
    kernelColumns: inputs * units * 4,
  });
  const gramPanels = panelsOf(units, GRAM_PANEL_ROWS);
  const sumPanels = panelsOf(units, PANEL_ROWS);
  return {
    prepare(factor) {
      for (const { first, rows, columns, offset } of gramPanels) {
        k.copyColumns(kernelColumns, columns, 0, kernel, units, first, columns, inputs);
        k.gemmTN(panels + offset, kernel + first * 4, kernelColumns, rows, columns, inputs, 0, scratch, units);
      }
      k.joinPanels(gram, panels, units, GRAM_PANEL_ROWS);
      k.scale(gram, units * units, factor);
      k.clear(panels, units * units);
    },
    backward(du, u, n) {
      k.gemm(du, gram, u, 0, units, n, units, 0, scratch);
      for (const { first, rows, columns, offset } of sumPanels)
        k.gemmNT(panels + offset, u + first * n * 4, u + first * n * 4, rows, columns, n, 1, scratch);
    },
    addGradient(factor) {
      k.joinPanels(square, panels, units, PANEL_ROWS);
      k.scale(square, units * units, factor);
      k.gemm(kernelGradient, kernel, square, 0, inputs, units, units, 1, scratch);
    },
  };
}

/** By the product W₁·U itself. */
export function kernelFirstLayer(
  { kernels: k, memory: { scratch }, arena }: EncoderPenaltyContext,
  { inputs, units, kernel, kernelGradient }: DenseLevel,
  largest: number,
): FirstLayer {
  const size = inputs * units;
  const { product, sum } = arena.alloc({ product: inputs * largest * 4, sum: size * 4 });
  let factorOfBatch = 0;
  return {
    prepare(factor) {
      factorOfBatch = factor;
      k.clear(sum, size);
    },
    backward(du, u, n) {
      k.gemm(product, kernel, u, 0, inputs, n, units, 0, scratch);
      k.gemmNT(sum, product, u, inputs, units, n, 1, scratch);
      k.gemmTN(du, kernel, product, units, n, inputs, 0, scratch, units);
      k.scale(du, units * n, factorOfBatch);
    },
    addGradient(factor) {
      k.scale(sum, size, factor);
      k.add(kernelGradient, kernelGradient, sum, size);
    },
  };
}
