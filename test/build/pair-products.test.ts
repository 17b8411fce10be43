import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
// @ts-expect-error a script without types
import { encodeText } from '../../scripts/encode-text.mjs';
// @ts-expect-error a script without types
import { pairProducts } from '../../scripts/pair-products.mjs';
import { decodeText } from '../../src/wasm/text/decode.ts';

const product = [0xfd, 0x8d, 0x02];
const sum = [0xfd, 0x8e, 0x02];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
/** s0 = … + s0; s1 = x · b1 + s1, after a first product. */
const oneByOne = (s0: number, x: number, b1: number, s1: number): number[] =>
  [get(s0), sum, set(s0), get(x), get(b1), product, get(s1), sum, set(s1)].flat();

const paired = (instructions: readonly number[]): number[] => {
  const bytes = Uint8Array.from([...product, ...instructions]);
  pairProducts(bytes, product.length);
  return [...bytes.subarray(product.length)];
};

test('the second of two products moves before the sum of the first', () => {
  const moved = [get(2), get(3), product, get(4), sum, set(4), get(1), sum, set(1)].flat();
  assert.deepEqual(paired(oneByOne(1, 2, 3, 4)), moved);
});

test('a product whose factor is the sum before it stays after that sum', () => {
  const instructions = [oneByOne(1, 1, 3, 4), oneByOne(1, 2, 1, 4), oneByOne(1, 2, 3, 1)];
  for (const before of instructions) assert.deepEqual(paired(before), before);
});

test('a sum into another variable than the one that is added moves too, unless the next sum overwrites what it adds', () => {
  const [first, second] = [[get(5), sum, set(1)].flat(), [get(2), get(3), product, get(6), sum, set(4)].flat()];
  const moved = [second, get(5), sum, set(1)].flat();
  assert.deepEqual(paired([...first, ...second]), moved);
  const overwritten = [...first, ...second.with(-1, 5)];
  assert.deepEqual(paired(overwritten), overwritten);
});

test('other instructions stay as they are', () => {
  const [, ...withoutFirstSum] = oneByOne(1, 2, 3, 4);
  assert.deepEqual(paired(withoutFirstSum), withoutFirstSum);
});

test('encoding a module does not change its bytes, and the decoded module is valid', () => {
  const compiled = readFileSync(new URL('../../build/wasm/train.wasm', import.meta.url));
  const before = Uint8Array.from(compiled);
  const decoded = decodeText(encodeText(compiled));
  assert.ok(WebAssembly.validate(decoded));
  assert.deepEqual(Uint8Array.from(compiled), before);
});
