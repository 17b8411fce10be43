import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeMap, legend, lossChart } from '../../tools/digits/charts.ts';
import { firstOfEachClass } from '../../tools/digits/image-sheet.ts';
import { assertNoRawValues } from '../absent.ts';

describe('the charts of the report', () => {
  it('firstOfEachClass gives the first image of each class in the labels', () => {
    const images = new Uint8Array(5 * 784);
    for (let i = 0; i < 5; i++) images.fill(i + 1, i * 784, (i + 1) * 784);
    const found = firstOfEachClass(images, Uint8Array.of(9, 4, 9, 0, 4));
    assert.deepEqual(found.classes, [0, 4, 9]);
    assert.deepEqual([found.images.length, found.images[0], found.images[784], found.images[1568]], [3 * 784, 4, 2, 1]);
  });

  it('are SVG with one description, one line for each curve and one mark for each point', async () => {
    const curve = { model: 'a', data: 'test', values: [0.02, 0.01, 0.005] };
    const both = [curve, { ...curve, model: 'b', values: [0.1] }];
    const curves = await lossChart(both, 'Loss falls');
    assert.match(curves, /^<svg role="img" aria-label="Loss falls"/);
    assert.equal(curves.match(/aria-label/g)?.length, 1);
    assert.deepEqual(
      [...legend(both).matchAll(/<\/i>([^<]*)</g)].map((match) => match[1]),
      ['a, test', 'b, test'],
    );
    const group = curves.match(/class="mark-line[\s\S]*?<\/g>/g)!.join('');
    assert.equal(group.match(/<path/g)?.length, 2);
    for (const tick of ['0.005', '0.01', '0.02', '0.05']) assert.ok(curves.includes(`>${tick}</text>`), tick);
    const points = await codeMap(Float32Array.of(0, 0, 1, 1, 2, 0, 3, 5), Uint8Array.of(1, 1, 2, 3), 'Map');
    assertNoRawValues(curves + points);
    for (const digit of [1, 2, 3]) assert.ok(points.includes(`>${digit}</text>`), String(digit));
    assert.equal(points.match(/opacity="0\.6"/g)?.length, 4);
  });
});
