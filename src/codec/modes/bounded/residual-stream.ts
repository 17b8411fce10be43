// A stream of floats within a bound: the arrangement of the values, and the kernel of assembly/residual/float-coder.ts that codes
// the residuals of its predictions.

import { asBytes } from '../../../core/bytes.ts';
import { type Shape, sizeOf } from '../../../core/shape.ts';
import type { Engine } from '../../../engine/engine.ts';
import { type CodedStream, runResidualCoder } from '../../residual-coder.ts';

/** Lines of pixels of channels. In a plane, the line above predicts a value too. */
export interface Layout {
  readonly plane: boolean;
  readonly lines: number;
  readonly width: number;
  readonly channels: number;
}

/** How floats are coded. */
export interface FloatStream {
  readonly layout: Layout;
  /** Largest absolute errors: one for all values, or value i has entry i modulo their number. */
  readonly bounds: readonly number[];
  /** Values that are not on the grid of the bound may be stored as they are. Otherwise such values cannot be encoded. */
  readonly escapes?: boolean;
  /** A prediction of every value by the model. */
  readonly modelPrediction?: Float32Array | undefined;
  /** State of a coder that has seen similar values. */
  readonly priorState?: Uint8Array | undefined;
}

/**
 * The arrangement of samples. A plane has one sample below the other. A series has one line, with the samples one after the
 * other; samples of shape [n] have n channels in a series.
 */
export function blockLayout(shape: Shape, samples: number, plane: boolean): Layout {
  const size = sizeOf(shape) * samples;
  const channels = plane && shape.length === 1 ? 1 : shape.at(-1)!;
  const width = plane ? (shape.at(-2) ?? shape[0]!) : size / channels;
  return { plane, lines: size / width / channels, width, channels };
}

export const layoutSize = ({ lines, width, channels }: Layout): number => lines * width * channels;

/** A 64th of the grid's step. The step is twice the bound, less a 4096th for the rounding of floats. */
const quantizationUnit = (bound: number): number => (bound * 4095) / 131072;

function codeFloats(
  engine: Engine,
  { layout, bounds, escapes = false, modelPrediction, priorState }: FloatStream,
  input: Float32Array | Uint8Array,
  decoding: boolean,
): CodedStream | undefined {
  const { kernels, memory } = engine;
  const { plane, lines, width, channels } = layout;
  const count = layoutSize(layout);
  const columns = plane ? width * channels : 0;
  const boundCount = bounds.length > 1 ? bounds.length : 0;
  const bound = bounds[0]!;
  const unit = quantizationUnit(bound);
  const sizes = {
    state: kernels.residualStateBytes(columns),
    values: 4 * count,
    predictions: modelPrediction ? 4 * count : 0,
    integers: 4 * count,
    residuals: 4 * count,
    boundPairs: 16 * boundCount,
  };
  return runResidualCoder(
    engine,
    sizes,
    input,
    decoding,
    priorState,
    ({ state, values, predictions, integers, residuals, boundPairs, stream, streamEnd }) => {
      if (!priorState) kernels.initResidualCoder(state, columns);
      if (boundCount) {
        const pairs = Float64Array.from(bounds.flatMap((each) => [quantizationUnit(each), each]));
        memory.bytes.set(asBytes(pairs)!, boundPairs);
      }
      if (modelPrediction) {
        memory.write(integers, modelPrediction.subarray(0, count));
        kernels.quantizePrediction(predictions, integers, count, unit, boundPairs, boundCount);
      }
      return kernels.codeResiduals(
        state,
        values,
        modelPrediction ? predictions : 0,
        integers,
        residuals,
        lines,
        width,
        channels,
        +plane,
        unit,
        bound,
        stream,
        streamEnd,
        +decoding,
        +escapes,
        boundPairs,
        boundCount,
      );
    },
  );
}

/** Encodes floats. Undefined where a value needs an escape that is not allowed, or where the stream is not smaller. */
export const encodeFloats = (engine: Engine, stream: FloatStream, values: Float32Array): CodedStream | undefined =>
  codeFloats(engine, stream, values, false);

/** Decodes floats: `bytes` of the result. Errors: FormatError for a stream that no encoder wrote. */
export const decodeFloats = (engine: Engine, stream: FloatStream, bytes: Uint8Array): CodedStream =>
  codeFloats(engine, stream, bytes, true)!;
