import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erf } from './activations.ts';
import { allClose, close } from './check.ts';
import { erfinv, type Four, normal, normalOf, philox, uniform, word } from './philox.ts';

const hex = (text: string): number[] => text.split(' ').map((digits) => Number.parseInt(digits, 16));

// Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, result.
const vectors = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const;

// Computed with 40 digits.
const inverses = [
  [2 ** -23, 1.0564648216399685e-7],
  [0.25, 0.2253120550121781],
  [0.5, 0.4769362762044699],
  [0.75, 0.8134198475976185],
  [1 - 2 ** -10, 2.331467773621948],
  [1 - 3 * 2 ** -23, 3.5993367485320147],
  [1 - 2 ** -23, 3.7439211627767994],
] as const;

describe('random numbers in float64', () => {
  it('Philox gives the published results', () => {
    for (const [counter, key, answer] of vectors)
      assert.deepEqual(philox(hex(counter) as Four, hex(key) as [number, number]), hex(answer));
  });

  it('a number has its index in the blocks of its group', () => {
    const seed = 5 * 2 ** 32 + 12345;
    const places = [[0, 0, 0], [3, 3, 0], [4, 0, 1], [15, 3, 3], [16, 4, 0], [37, 9, 1], [1000, 248, 2]]; // biome-ignore format: i, block, word
    for (const [i, block, k] of places)
      assert.equal(word(i!, 7, 0x40000003, seed), philox([block!, 7, 0, 0x40000003], [12345, 5])[k!]);
  });

  it('each change of the step, the stream or a half of the seed changes the words', () => {
    const all = [word(0, 0, 0, 0), word(0, 1, 0, 0), word(0, 0, 1, 0), word(0, 0, 0, 1), word(0, 0, 0, 2 ** 32)];
    assert.equal(new Set(all).size, all.length);
  });

  it('uniform and normal numbers use the upper bits of the word', () => {
    for (let i = 0; i < 64; i++) {
      const bits = word(i, 3, 9, 42);
      assert.equal(uniform(i, 3, 9, 42), Math.floor(bits / 256) / 2 ** 24);
      close(
        erf(normal(i, 3, 9, 42) / Math.SQRT2),
        (Math.floor(bits / 512) + 0.5) / 2 ** 22 - 1,
        1e-14,
        0,
        `normal ${i}`,
      );
    }
  });

  it('erfinv has its known values, to 13 digits in the tails too', () => {
    for (const [x, y] of inverses) {
      close(erfinv(x), y, 2e-15, 0, `erfinv ${x}`);
      assert.equal(erfinv(-x), -erfinv(x));
      close(normalOf(x), Math.SQRT2 * y, 2e-15, 0, `normal of ${x}`);
    }
    assert.equal(erfinv(0), 0);
  });

  it('the moments of 40,000 normal and uniform numbers are within four standard errors', () => {
    const n = 40_000;
    const moments = [0, 0, 0, 0];
    const bins = new Array(16).fill(0);
    for (let i = 0; i < n; i++) {
      const z = normal(i, 1, 2, 3);
      for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / n;
      bins[Math.floor(16 * uniform(i, 1, 3, 3))]++;
    }
    // Variances of z, z², z³ and z⁴ are 1, 2, 15 and 96.
    const errors = [1, 2, 15, 96].map((variance) => 4 * Math.sqrt(variance / n));
    [0, 1, 0, 3].forEach((expected, k) => {
      close(moments[k]!, expected, 0, errors[k]!, `moment ${k + 1}`);
    });
    const bound = 4 * Math.sqrt((n / 16) * (15 / 16));
    allClose(bins, new Array(16).fill(n / 16), 0, bound, 'sixteenths');
  });
});
