import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allClose, wave } from './check.ts';
import { matmul, transpose } from './matrix.ts';

describe('matrices in float64', () => {
  it('a product of matrices that are not square equals the one computed by hand', () => {
    const c = matmul([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], 2, 4, 3);
    assert.deepEqual([...c], [74, 80, 86, 92, 173, 188, 203, 218]);
  });

  it('a transpose equals the one computed by hand', () => {
    assert.deepEqual([...transpose([1, 2, 3, 4, 5, 6], 2, 3)], [1, 4, 2, 5, 3, 6]);
  });

  it('the transpose of a product is the product of the transposes in reverse order', () => {
    const [m, n, k] = [3, 5, 4];
    const [a, b] = [wave(m * k, 2), wave(k * n, 3)];
    const other = matmul(transpose(b, k, n), transpose(a, m, k), n, m, k);
    allClose(transpose(matmul(a, b, m, n, k), m, n), other, 0, 0, 'transpose');
  });

  it('an empty sum is 0', () => {
    assert.deepEqual([...matmul([], [], 1, 2, 0)], [0, 0]);
  });
});
