import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneOfEach } from '../../examples/digits/pictures.ts';
import { legend, lossCurves, map } from '../../examples/digits/plots.ts';
import { principal } from '../../examples/digits/principal.ts';
import { assertNoRawValues } from '../absent.ts';

describe('pictures of the report', () => {
  it('the principal components are those of a cloud whose axes are known', () => {
    // Along (3, 4, 0) / 5 the points spread most, then along z; across both hardly at all.
    const codes = new Float32Array(300 * 3);
    const wanted: number[][] = [];
    for (let i = 0; i < 300; i++) {
      const [a, b, c] = [10 * Math.sin(i * 1.7), 3 * Math.cos(i * 2.3), 0.1 * Math.sin(i * 3.1)];
      codes.set([7 + 0.6 * a - 0.8 * c, 5 + 0.8 * a + 0.6 * c, b], 3 * i);
      wanted.push([a, b]);
    }
    const points = principal(codes, 3);
    for (const k of [0, 1]) {
      const mean = wanted.reduce((sum, w) => sum + w[k]!, 0) / 300;
      const sign = Math.sign(wanted.reduce((sum, w, i) => sum + points[2 * i + k]! * (w[k]! - mean), 0));
      wanted.forEach((w, i) => {
        const off = Math.abs(sign * points[2 * i + k]! - (w[k]! - mean));
        assert.ok(off < 0.15, `point ${i}, axis ${k}: off by ${off}`);
      });
    }
  });

  it('codes that are all the same, or of one number, are no reason to fail', () => {
    assert.deepEqual([...principal(new Float32Array(12).fill(2), 4)], Array(6).fill(0));
    const line = principal(Float32Array.of(1, 2, 6), 1);
    assert.deepEqual(
      [...line].map((v) => Math.round(Math.abs(v) * 1000) / 1000),
      [2, 0, 1, 0, 3, 0],
    );
  });

  it('one image of each class that there is, the first', () => {
    const images = new Uint8Array(5 * 784);
    for (let i = 0; i < 5; i++) images.fill(i + 1, i * 784, (i + 1) * 784);
    const found = oneOfEach(images, Uint8Array.of(9, 4, 9, 0, 4));
    assert.deepEqual(found.classes, [0, 4, 9]);
    assert.deepEqual([found.images.length, found.images[0], found.images[784], found.images[1568]], [3 * 784, 4, 2, 1]);
  });

  it('plots are SVG with one description, a line a curve, a mark a point', async () => {
    const curve = { model: 'a', data: 'test', values: [0.02, 0.01, 0.005] };
    const both = [curve, { ...curve, model: 'b', values: [0.1] }];
    const curves = await lossCurves(both, 'Loss falls');
    assert.match(curves, /^<svg role="img" aria-label="Loss falls"/);
    assert.equal(curves.match(/aria-label/g)?.length, 1);
    assert.deepEqual(
      [...legend(both).matchAll(/<\/i>([^<]*)</g)].map((match) => match[1]),
      ['a, test', 'b, test'],
    );
    const group = curves.match(/class="mark-line[\s\S]*?<\/g>/g)!.join('');
    assert.equal(group.match(/<path/g)?.length, 2);
    for (const tick of ['0.005', '0.01', '0.02', '0.05']) assert.ok(curves.includes(`>${tick}</text>`), tick);
    const points = await map(Float64Array.of(0, 0, 1, 1, 2, 0, 3, 5), Uint8Array.of(1, 1, 2, 3), 'Map');
    assertNoRawValues(curves + points);
    for (const digit of [1, 2, 3]) assert.ok(points.includes(`>${digit}</text>`), String(digit));
    assert.equal(points.match(/opacity="0\.6"/g)?.length, 4);
  });
});
