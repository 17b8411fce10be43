import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allClose, close, differences, wave } from './check.ts';
import { gradient, kinds, mixtureGradient, mixtureValue, value } from './losses.ts';

describe('losses in float64', () => {
  it('are means over all values, equal to those computed by hand', () => {
    const [y, t] = [[0.5, 2, -1, 0.25], [0.25, 0, -1, 1]]; // biome-ignore format: a row
    assert.equal(value('meanSquaredError', y, t), 1.15625);
    assert.equal(value('meanAbsoluteError', y, t), 0.75);
    assert.equal(value('huber', y, t), 0.453125);
    assert.deepEqual([...gradient('meanSquaredError', y, t)], [0.125, 1, 0, -0.375]);
    assert.deepEqual([...gradient('meanAbsoluteError', y, t)], [0.25, 0.25, 0, -0.25]);
    assert.deepEqual([...gradient('huber', y, t)], [0.0625, 0.25, 0, -0.1875]);
    close(value('binaryCrossentropy', [0.25, 0.5], [1, 0.5]), 1.5 * Math.LN2, 1e-15, 0, 'cross-entropy');
    allClose(gradient('binaryCrossentropy', [0.25, 0.5], [1, 0.5]), [-2, 0], 1e-15, 0, 'gradient of cross-entropy');
  });

  it('cross-entropy clips probabilities 1e-7 from 0 and 1, and its gradient is 0 beyond', () => {
    const far = -Math.log(1e-7);
    close(value('binaryCrossentropy', [0], [1]), far, 1e-15, 0, 'wrong at 0');
    // 1 - (1 - 1e-7) has nine digits.
    close(value('binaryCrossentropy', [1], [0]), far, 1e-9, 0, 'wrong at 1');
    close(value('binaryCrossentropy', [0, 1], [0, 1]), 1e-7, 1e-6, 0, 'right');
    assert.deepEqual([...gradient('binaryCrossentropy', [0, 1, 9e-8, 1 - 9e-8], [1, 0, 1, 0])], [0, 0, 0, 0]);
    assert.ok(gradient('binaryCrossentropy', [1.1e-7], [1])[0]! < -9e6);
  });

  for (const kind of kinds) {
    it(`the gradient of ${kind} is the central difference`, () => {
      const probability = kind === 'binaryCrossentropy';
      const y = wave(25).map((v) => (probability ? 0.5 + v / 3 : 2 * v));
      const t = wave(25, 5).map((v) => 0.5 + v / 3);
      allClose(
        gradient(kind, y, t),
        differences(() => value(kind, y, t), y),
        1e-6,
        1e-9,
        kind,
      );
    });
  }

  it('a mixture is the weighted sum of values and of gradients', () => {
    const mix = { meanSquaredError: 0.5, meanAbsoluteError: 2, huber: 0.25 };
    const [y, t] = [[0.5, 2, -1, 0.25], [0.25, 0, -1, 1]]; // biome-ignore format: a row
    assert.equal(mixtureValue(mix, y, t), 0.578125 + 1.5 + 0.11328125);
    assert.deepEqual([...mixtureGradient(mix, y, t)], [0.578125, 1.0625, 0, -0.734375]);
  });
});
