// How floats lie in a block, and the kernel that codes them: see assembly/residual/code.ts.

import { asBytes } from '../../../core/bytes.ts';
import { type Shape, sizeOf } from '../../../core/shape.ts';
import type { Engine } from '../../../engine/engine.ts';
import type { CoderInput } from '../../residual-coder.ts';

/** How a block lies: lines of pixels of channels. In a plane, what stands above a value tells about it. */
export interface Layout {
  readonly plane: boolean;
  readonly lines: number;
  readonly width: number;
  readonly channels: number;
}

/** COLUMNS of assembly/residual/state.ts and the count of lines before the means. */
const STATE_BYTES = 2137504 + 16;

/** `rows` samples as a plane, one below the other; or as a series, one after the other, where `[n]` are n channels. */
export function blockLayout(shape: Shape, rows: number, plane: boolean): Layout {
  const size = sizeOf(shape) * rows;
  const channels = plane && shape.length === 1 ? 1 : shape.at(-1)!;
  const width = plane ? (shape.at(-2) ?? shape[0]!) : size / channels;
  return { plane, lines: size / width / channels, width, channels };
}

export const layoutSize = ({ lines, width, channels }: Layout): number => lines * width * channels;

/** A 64th of the step from value to value: of twice the bound, less 1/4096 of it, in which the rounding of floats finds room. */
const quantizationUnit = (bound: number): number => (bound * 4095) / 131072;

/**
 * Floats of errors up to `bounds`, one for all or one for each value modulo their number. `modelPrediction`: a prediction of every
 * value. `escapes`: what is off the grid may be said.
 */
export function residualCoderInput(
  engine: Engine,
  layout: Layout,
  bounds: readonly number[],
  escapes: boolean,
  modelPrediction?: Float32Array,
  state?: Uint8Array,
): CoderInput {
  const { kernels, memory } = engine;
  const { plane, lines, width, channels } = layout;
  const n = layoutSize(layout);
  const columns = plane ? width * channels : 0;
  const bound = bounds[0]!;
  const count = bounds.length > 1 ? bounds.length : 0;
  return {
    engine,
    sizes: [STATE_BYTES + 4 * columns, 4 * n, modelPrediction ? 4 * n : 0, 4 * n, 4 * n, 16 * count],
    state,
    initialize: (at) => kernels.initResidualCoder(at, columns),
    runKernel(blocks, ...rest) {
      const [known, x, guess, m, r, own] = blocks as [number, number, number, number, number, number];
      const pairs = Float64Array.from({ length: 2 * count }, (_, i) =>
        i % 2 ? bounds[i >> 1]! : quantizationUnit(bounds[i / 2]!),
      );
      memory.bytes.set(asBytes(pairs)!, own);
      if (modelPrediction) {
        memory.write(m, modelPrediction.subarray(0, n));
        kernels.quantizePrediction(guess, m, n, quantizationUnit(bound), own, count);
      }
      const places = [known, x, modelPrediction ? guess : 0, m, r, lines, width, channels, +plane] as const;
      return kernels.codeResiduals(...places, quantizationUnit(bound), bound, ...rest, +escapes, own, count);
    },
  };
}
