// Bounds that keep a guarantee, without a codec around them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  firstBound,
  fixedBound,
  maxSquaredError,
  nextBound,
  safeBound,
  valueRange,
} from '../../src/codec/guarantee.ts';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual / expected - 1) < 1e-8, `${actual}, expected ${expected}`);

describe('valueRange', () => {
  it('ignores NaN and infinity, and is 0 without two different values', () => {
    assert.equal(valueRange([Float32Array.of(-2, Number.NaN, Infinity), Float32Array.of(3, -Infinity)]), 5);
    assert.equal(valueRange([Uint8Array.of(7, 200)]), 193);
    assert.equal(valueRange([Float32Array.of(1, 1)]), 0);
    assert.equal(valueRange([Float32Array.of(Number.NaN)]), 0);
    assert.equal(valueRange([]), 0);
  });
});

describe('fixedBound', () => {
  it('is the error itself, a share of the range, or 0 without a bound', () => {
    const values = [Float32Array.of(0, 10)];
    assert.equal(fixedBound({ guarantee: 'maxError', target: 0.5 }, values), 0.5);
    assert.equal(fixedBound({ guarantee: 'relativeError', target: 0.25 }, values), 2.5);
    assert.equal(fixedBound({ guarantee: 'none', target: 0 }, values), 0);
    assert.equal(fixedBound({ guarantee: 'lossless', target: 0 }, values), 0);
  });

  it('is positive for values without a range', () => {
    const bound = fixedBound({ guarantee: 'relativeError', target: 0.1 }, [Float32Array.of(1, 1)]);
    assert.ok(bound > 0 && bound < 2 ** -149, `${bound}`);
  });
});

describe('the search for a bound that keeps a PSNR', () => {
  it('allows range² / 10^(psnr / 10)', () => {
    close(maxSquaredError(255, 20), 255 ** 2 / 100);
    close(maxSquaredError(2, 33.3), 4 / 10 ** 3.33);
  });

  it('begins with the bound of errors that are spread evenly', () => {
    close(firstBound(3, false), 3);
    // Integers within ± 4: the mean square is 4 · 5 / 3.
    close(firstBound(20 / 3, true), 4);
    close(safeBound(9), 3);
    assert.ok(firstBound(0, false) > 0 && firstBound(0, true) > 0 && safeBound(0) > 0);
  });

  it('ends where at least nine tenths of the error are used, or none', () => {
    assert.equal(nextBound(1, 0.95, 1, false), undefined);
    assert.equal(nextBound(1, 1, 1, false), undefined);
    assert.equal(nextBound(1, 0, 1, false), undefined);
    assert.equal(nextBound(1, 0, 0, false), undefined);
  });

  it('goes up after a small error and down after a large one', () => {
    close(nextBound(1, 0.25, 1, false)!, 2 * 0.97);
    close(nextBound(1, 4, 1, false)!, 0.5 * 0.99);
  });

  it('moves to another integer for bytes, or ends at the one that keeps the guarantee', () => {
    assert.equal(nextBound(5.2, 0.8, 1, true), undefined);
    assert.equal(nextBound(5.2, 1.01, 1, true), 4);
    close(nextBound(5.2, 0.25, 1, true)!, 5.2 * 2 * 0.97);
  });

  it('finds a bound for errors that grow with its square', () => {
    for (const share of [0.01, 0.3, 0.9]) {
      let bound = firstBound(1, false);
      let tries = 0;
      for (;;) {
        const error = share * bound ** 2;
        const next = nextBound(bound, error, 1, false);
        tries++;
        if (next === undefined) {
          assert.ok(error <= 1 && error >= 0.9, `${error}`);
          break;
        }
        bound = next;
      }
      assert.ok(tries <= 4, `${tries} tries`);
    }
  });
});
