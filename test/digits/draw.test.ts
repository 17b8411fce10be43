import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawDigits, drawSet } from '../../tools/digits/draw.ts';

const SIZE = 784;
const { images, labels } = drawSet(3000, 7);
const image = (i: number): Uint8Array => images.subarray(i * SIZE, (i + 1) * SIZE);

describe('drawn digits', () => {
  it('depend on the seed alone', () => {
    const again = drawSet(50, 7);
    assert.deepEqual(again.images, images.subarray(0, 50 * SIZE));
    assert.deepEqual(again.labels, labels.subarray(0, 50));
    assert.notDeepEqual(drawSet(50, 8).images, again.images);
  });

  it('for tests differ from those for training', () => {
    const { train, test, trainLabels, testLabels } = drawDigits(400, 100, 3);
    assert.deepEqual(
      [train.length, test.length, trainLabels.length, testLabels.length],
      [400 * SIZE, 100 * SIZE, 400, 100],
    );
    const of = (set: Uint8Array, i: number): string =>
      Buffer.from(set.subarray(i * SIZE, (i + 1) * SIZE)).toString('base64');
    const seen = new Set(Array.from({ length: 400 }, (_, i) => of(train, i)));
    assert.equal(seen.size, 400);
    for (let i = 0; i < 100; i++) assert.ok(!seen.has(of(test, i)), `test image ${i}`);
  });

  it('have ten classes of similar frequency, which the nearest class mean separates', () => {
    const counts = new Float64Array(10);
    const means = Array.from({ length: 10 }, () => new Float64Array(SIZE));
    for (let i = 0; i < 2000; i++) {
      counts[labels[i]!]!++;
      image(i).forEach((v, j) => {
        means[labels[i]!]![j]! += v;
      });
    }
    means.forEach((mean, digit) => {
      assert.ok(counts[digit]! > 140 && counts[digit]! < 260, `${counts[digit]} of ${digit}`);
      for (let j = 0; j < SIZE; j++) mean[j]! /= counts[digit]!;
    });
    const distance = (i: number, digit: number): number =>
      image(i).reduce((sum, v, j) => sum + (v - means[digit]![j]!) ** 2, 0);
    let right = 0;
    let spread = 0;
    for (let i = 2000; i < 3000; i++) {
      const distances = means.map((_, digit) => distance(i, digit));
      if (distances.indexOf(Math.min(...distances)) === labels[i]) right++;
      spread += distances[labels[i]!]! / SIZE / 1000 / 255 ** 2;
    }
    // MNIST has 787 of 1000 right and a distance of 0.051 from the class mean.
    assert.ok(right > 700, `${right} of 1000 right`);
    assert.ok(spread > 0.03 && spread < 0.08, `${spread} from the mean of the class`);
  });

  it('look like scanned ink: black, white, and grey edges', () => {
    let [ink, edge] = [0, 0];
    for (let i = 0; i < 500; i++) {
      assert.ok(Math.max(...image(i)) > 200, `image ${i} has no full ink`);
      for (const v of image(i)) {
        ink += v / 255 / SIZE / 500;
        if (v > 20 && v < 235) edge += 1 / 500;
      }
    }
    // MNIST has 0.12.
    assert.ok(ink > 0.09 && ink < 0.17, `mean ink ${ink}`);
    assert.ok(edge > 30, `${edge} pixels of edge an image`);
  });

  it('are framed like MNIST: within 20×20, centred by mass', () => {
    for (let i = 0; i < 1000; i++) {
      let [mass, x, y, left, right, top, bottom] = [0, 0, 0, 28, 0, 28, 0];
      image(i).forEach((v, j) => {
        const [column, row] = [j % 28, Math.floor(j / 28)];
        mass += v;
        x += v * column;
        y += v * row;
        if (v < 64) return;
        [left, right, top, bottom] = [
          Math.min(left, column),
          Math.max(right, column),
          Math.min(top, row),
          Math.max(bottom, row),
        ];
      });
      assert.ok(Math.hypot(x / mass - 14, y / mass - 14) < 1.6, `image ${i}: mass at ${x / mass}, ${y / mass}`);
      const size = Math.max(right - left, bottom - top) + 1;
      assert.ok(size >= 17 && size <= 22, `image ${i} is ${size} pixels large`);
    }
  });
});
