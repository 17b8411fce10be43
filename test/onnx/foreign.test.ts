// Files that PyTorch wrote: test/vectors/onnx/make.py makes them, with inputs and outputs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fromOnnx } from 'isthmus/onnx';
import { largestDifference, sizeOf } from './models.ts';

const folder = new URL('../vectors/onnx/', import.meta.url);
const read = (name: string): Uint8Array => readFileSync(new URL(name, folder));

interface Example {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Values of a batch with channels last; in the files of images and signals channels are the second axis. */
function channelsLast({ shape: [rows = 0, channels = 0, ...spatial], values }: Example): Float32Array {
  const positions = sizeOf(spatial);
  return Float32Array.from(values, (_, i) => {
    const row = Math.floor(i / (channels * positions));
    const position = Math.floor(i / channels) % positions;
    return values[(row * channels + (i % channels)) * positions + position]!;
  }).subarray(0, rows * channels * positions);
}

describe('files of PyTorch', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.onnx'))) {
    it(`${name} has the outputs of PyTorch`, async (t) => {
      const { input, output } = JSON.parse(new TextDecoder().decode(read(name.replace('onnx', 'json'))));
      const model = await fromOnnx(read(name));
      const isSequence = /recurrent|last-step/.test(name);
      const x = isSequence ? Float32Array.from(input.values as number[]) : channelsLast(input);
      const y = isSequence ? Float32Array.from(output.values as number[]) : channelsLast(output);
      const difference = largestDifference(y, model.predict(x));
      t.diagnostic(`${difference} ${model.summary()}`);
      assert.ok(difference <= 1e-5, String(difference));
    });
  }
});
