// Samples to compressed bytes: all at once, or as a stream.

import { asBytes, concat } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import type { Steps } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import { checkBuffer, isBytes, isFloats, SampleBatch, sampleValues } from '../data/sample-batch.ts';
import type { InputValues, OutputValues } from './byte-values.ts';
import type { CodecState } from './codec-state.ts';
import { streamPair, type Through } from './streams.ts';
import { blockWriter } from './writer.ts';

/**
 * Checks that values have the type that the codec was calibrated with. A `plain` codec for floats takes bytes as
 * value / 255 too, because it has no bound that could be meant in levels. Errors: TypeError for another type.
 */
function checkValueType(name: string, x: unknown, isByteArray: boolean, { mode, pixels }: CodecState): void {
  if (isByteArray === pixels || (isByteArray && mode.name === 'plain')) return;
  const expected = pixels
    ? 'Uint8Array as in calibration: Uint8Array.from(x, (v) => 255 * v + 0.5)'
    : 'Float32Array as in calibration: Float32Array.from(x, (v) => v / 255)';
  throw wrongType(name, expected, x);
}

/** Compresses all samples. Errors: TypeError, RangeError for samples that do not fit. */
export function* compressAll(state: CodecState, x: Samples): Steps<Uint8Array<ArrayBuffer>> {
  const { mode, model, blockSamples } = state;
  const batch = new SampleBatch('x', x, model.inputShape, !mode.finite);
  checkValueType('x', x, batch.pixels, state);
  const blocks: InputValues[] = [];
  for (let first = 0; first < batch.count; first += blockSamples)
    blocks.push(sampleValues(batch, first, Math.min(blockSamples, batch.count - first)));
  const writer = blockWriter(state);
  return concat([...(yield* writer.write(blocks)), ...writer.end()]);
}

/** A stream from arrays of values, of any length, to records. Buffers one block. */
export function compressionStream(state: CodecState): Through {
  const { mode, model, sampleSize, blockSamples } = state;
  const writer = blockWriter(state);
  const blockLength = blockSamples * sampleSize;
  let block: OutputValues | undefined;
  let filled = 0;

  function* flush() {
    const values = block!.subarray(0, filled);
    // Checks for NaN and infinity, which some modes refuse.
    new SampleBatch('chunk', values, model.inputShape, !mode.finite);
    filled = 0;
    yield* yield* writer.write([values]);
  }

  function* take(chunk: InputValues) {
    // Checked before the first step: the chunk's buffer may be transferred between two steps.
    const length = chunk?.length;
    asBytes(chunk, 'chunk');
    yield* writer.header();
    const pixels = isBytes(chunk);
    if (!pixels && !isFloats(chunk)) throw wrongType('chunk', 'Float32Array or Uint8Array', chunk);
    checkValueType('chunk', chunk, pixels, state);
    block ??= pixels ? new Uint8Array(blockLength) : new Float32Array(blockLength);
    if (pixels !== isBytes(block)) throw wrongType('chunk', `${block.constructor.name} as before`, chunk);
    for (let start = 0; start < length; ) {
      checkBuffer('chunk', chunk, length);
      const part = chunk.subarray(start, start + blockLength - filled);
      block.set(part, filled);
      start += part.length;
      filled += part.length;
      if (filled === blockLength) yield* flush();
    }
  }

  return streamPair<InputValues, Uint8Array>(take, function* () {
    if (filled % sampleSize) throw wrongValue('stream', `whole samples of ${sampleSize} values`, filled);
    if (filled) yield* flush();
    yield* writer.end();
  });
}
