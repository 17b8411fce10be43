import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNpy } from '../../cli/formats/npy.ts';
import { npyBytes } from '../../site/playground/src/training/npy.ts';

describe('npyBytes', () => {
  it('writes files that the command line reads to the same numbers', () => {
    const floats = Float32Array.of(0.5, -1, 3e-9, 1e9, 0, 2);
    const bytes = Uint8Array.of(0, 1, 254, 255);
    for (const { values, shape } of [
      { values: floats, shape: [3, 2] },
      { values: bytes, shape: [4] },
      { values: bytes, shape: [1, 2, 2, 1] },
    ]) {
      const read = readNpy(npyBytes(values, shape));
      assert.deepEqual(read.shape, shape);
      assert.deepEqual([...read.data], [...values]);
    }
  });
});
