// Augmentations sample by sample: offsets, flips and brightness against the random numbers that they are drawn from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brightness, flip, shift } from '../../src/index.ts';
import { noise, within } from '../kernels/harness.ts';
import * as twin from '../reference/corruptions.ts';
import { rowsOf, runTransform as run, sampleWords } from './run-transform.ts';

describe('augmentations', () => {
  const inPlace = true;
  const shape = [5, 6, 2] as [number, number, number];
  const [rows, size] = [40, 60];
  const x = noise(rows * size, 5);

  it('shift moves each sample by its random offsets within the bounds', () => {
    const y = rowsOf(run(shift({ x: 2, y: 1, value: 0 }), x, shape, { inPlace }), size);
    const edgeFilled = rowsOf(run(shift({ x: 2, y: 1 }), x, shape, { inPlace }), size);
    const offsets = new Set<string>();
    rowsOf(x, size).forEach((row, r) => {
      const right = Math.floor(twin.draw(4 * r, sampleWords()) * 5) - 2;
      const down = Math.floor(twin.draw(4 * r + 1, sampleWords()) * 3) - 1;
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, shape, {}, down, right, 0)));
      assert.deepEqual(edgeFilled[r], Float32Array.from(twin.move(row, shape, {}, down, right)));
      offsets.add(`${right} ${down}`);
    });
    assert.ok(offsets.size > 10, `${offsets.size}`);
  });

  it('flip mirrors about half of the samples in each direction, independently', () => {
    const y = rowsOf(run(flip({ horizontal: true, vertical: true }), x, shape, { inPlace }), size);
    const counts = [0, 0, 0, 0];
    rowsOf(x, size).forEach((row, r) => {
      const [horizontal, vertical] = [twin.draw(4 * r, sampleWords()) < 0.5, twin.draw(4 * r + 1, sampleWords()) < 0.5];
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, shape, { horizontal, vertical }, 0, 0)));
      counts[Number(horizontal) + 2 * Number(vertical)]!++;
    });
    assert.ok(Math.min(...counts) > 2, `${counts}`);
    const vertical = rowsOf(run(flip({ vertical: true }), x, shape, { inPlace }), size);
    const mirrored = rowsOf(x, size).map((row) => Float32Array.from(twin.move(row, shape, { vertical: true }, 0, 0)));
    const kinds = vertical.map((row, r) => {
      if (String(row) === String(mirrored[r])) return 'mirrored';
      assert.deepEqual(row, x.slice(r * size, (r + 1) * size));
      return 'unchanged';
    });
    assert.deepEqual([...new Set(kinds)].sort(), ['mirrored', 'unchanged']);
  });

  it('brightness draws brightness and contrast within their bounds, and clips', () => {
    const layer = brightness({ delta: 0.2, contrast: 0.5, clip: [-0.9, 0.9] });
    const y = rowsOf(run(layer, x, shape, { inPlace }), size);
    rowsOf(x, size).forEach((row, r) => {
      const add = 0.2 * (2 * twin.draw(4 * r, sampleWords()) - 1);
      const factor = 1 + 0.5 * (2 * twin.draw(4 * r + 1, sampleWords()) - 1);
      within(y[r]!, twin.stretch(row, factor, add, -0.9, 0.9), 1e-6, 0, `row ${r}`);
    });
  });

  it('shift and flip act on signals along the time axis', () => {
    const y = rowsOf(run(shift({ x: 3, value: 0 }), x, [30, 2], { inPlace }), size);
    const z = rowsOf(run(flip({ horizontal: true }), x, [30, 2], { inPlace }), size);
    rowsOf(x, size).forEach((row, r) => {
      const right = Math.floor(twin.draw(4 * r, sampleWords()) * 7) - 3;
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, [1, 30, 2], {}, 0, right, 0)));
      const horizontal = twin.draw(4 * r, sampleWords()) < 0.5;
      assert.deepEqual(z[r], Float32Array.from(twin.move(row, [1, 30, 2], { horizontal }, 0, 0)));
    });
  });
});
