import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { getDigits, readFolder } from '../../examples/walkthrough/digits.ts';
import { readIdx, writeIdx } from '../../examples/walkthrough/idx.ts';
import { cached, fetchInto, mirrorList } from '../../examples/walkthrough/mirror.ts';
import { drawDigits, drawSet } from '../../examples/walkthrough/strokes.ts';

const folders: string[] = [];
const servers: Server[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'isthmus-'));
  folders.push(path);
  return path;
};
after(() => {
  for (const path of folders) rmSync(path, { recursive: true });
  for (const server of servers) server.close().closeAllConnections();
});

/** A folder with n + 10 drawn digits; `pack` gzips or changes a file on its way. */
function digitFolder(n: number, pack: (bytes: Uint8Array, name: string) => Uint8Array = (bytes) => bytes): string {
  const path = folder();
  const { train, trainLabels, test, testLabels } = drawDigits(n, 10, 1);
  const put = (name: string, data: Uint8Array, shape: number[]): void =>
    writeFileSync(join(path, name), pack(writeIdx({ shape, data }), name));
  put('train-images-idx3-ubyte', train, [n, 28, 28]);
  put('train-labels-idx1-ubyte', trainLabels, [n]);
  put('t10k-images-idx3-ubyte', test, [10, 28, 28]);
  put('t10k-labels-idx1-ubyte', testLabels, [10]);
  return path;
}

describe('IDX files', () => {
  const good = { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

  it('come back, gzipped or not', () => {
    for (const bytes of [writeIdx(good), gzipSync(writeIdx(good))]) {
      const { shape, data } = readIdx('f', bytes);
      assert.deepEqual(
        [shape, [...data]],
        [
          [2, 3],
          [1, 2, 3, 4, 5, 6],
        ],
      );
    }
  });

  it('that are wrong are refused by name', () => {
    const bytes = writeIdx(good);
    const wrong = (change: Uint8Array, message: RegExp): void => {
      assert.throws(() => readIdx('f', change), message);
    };
    wrong(new Uint8Array(0), /^Error: f: expected an IDX file/);
    wrong(bytes.with(2, 9), /unsigned bytes/);
    wrong(bytes.with(0, 1), /begins with 1,0,8,2/);
    wrong(bytes.subarray(0, 9), /header of 12 bytes, got 9/);
    wrong(bytes.subarray(0, 17), /expected 6 bytes for \[2, 3\], got 5/);
    wrong(bytes.with(4, 255), /expected \d+ bytes/);
    wrong(gzipSync(bytes).subarray(0, 20), /damaged gzip/);
  });
});

describe('sources of digits', () => {
  it('a folder is read, gzipped or not', () => {
    const plain = readFolder(digitFolder(20), 'here');
    assert.deepEqual([plain.train.length, plain.testLabels.length, plain.source], [20 * 784, 10, 'here']);
    const zipped = folder();
    const from = digitFolder(20);
    for (const name of [
      'train-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      't10k-images-idx3-ubyte',
      't10k-labels-idx1-ubyte',
    ]) {
      writeFileSync(join(zipped, `${name}.gz`), gzipSync(readFileSync(join(from, name))));
    }
    assert.deepEqual(readFolder(zipped, 'here'), plain);
  });

  it('a named folder without digits, or with wrong ones, is an error and no fallback', async () => {
    const empty = folder();
    await assert.rejects(
      getDigits(empty, 1, () => {}),
      /has no digits: expected train-images-idx3-ubyte\[\.gz\], /,
    );
    const pack = (bytes: Uint8Array, name: string): Uint8Array =>
      name.startsWith('t10k-labels') ? writeIdx({ shape: [9], data: new Uint8Array(9) }) : bytes;
    assert.throws(() => readFolder(digitFolder(20, pack), 'x'), /expected 10 labels, one an image, got \[9\]/);
    const wide = (bytes: Uint8Array, name: string): Uint8Array =>
      name.startsWith('train-images') ? writeIdx({ shape: [20, 14, 56], data: new Uint8Array(20 * 784) }) : bytes;
    assert.throws(() => readFolder(digitFolder(20, wide), 'x'), /expected images of 28×28, got \[20, 14, 56\]/);
  });

  const serve = async (answer: (name: string) => Uint8Array | 'hang' | undefined): Promise<string> => {
    const server = createServer((request, response) => {
      const body = answer(request.url!.slice(1));
      if (body === 'hang') return;
      response.writeHead(body ? 200 : 404).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const content = Uint8Array.of(1, 2, 3);
  const files = { 'a.gz': createHash('sha256').update(content).digest('hex') };
  const patience = { answer: 200, file: 2000 };

  it('a mirror is asked once, then the cache; what has another sha256 is not kept', async () => {
    let asked = 0;
    const good = await serve(() => {
      asked++;
      return content;
    });
    const bad = await serve(() => Uint8Array.of(1, 2, 4));
    const cache = join(folder(), 'deep', 'cache');
    const troubles = await fetchInto(cache, files, [bad], patience);
    assert.match(String(troubles), /a\.gz has sha256 .*, expected /);
    assert.equal(existsSync(join(cache, 'a.gz')), false);
    assert.equal(await fetchInto(cache, files, [bad, good], patience), undefined);
    assert.equal(cached(cache, files), true);
    await fetchInto(cache, files, [good], patience);
    assert.equal(asked, 1);
    writeFileSync(join(cache, 'a.gz'), 'damaged');
    assert.equal(cached(cache, files), false);
    assert.equal(await fetchInto(cache, files, [good], patience), undefined);
    assert.deepEqual([asked, cached(cache, files)], [2, true]);
  });

  it('mirrors that are not there, refuse or hang are named, and passed over', async () => {
    const missing = await serve(() => undefined);
    const hanging = await serve(() => 'hang');
    const troubles = await fetchInto(folder(), files, ['http://127.0.0.1:9/', missing, hanging], patience);
    assert.equal(troubles?.length, 3);
    assert.match(troubles[1]!, /status 404/);
    assert.match(troubles[2]!, /no answer/);
  });

  it('ISTHMUS_MIRROR names one mirror, or none', () => {
    assert.deepEqual(mirrorList({ ISTHMUS_MIRROR: 'http://here/x' }), ['http://here/x/']);
    assert.deepEqual(mirrorList({ ISTHMUS_MIRROR: '' }), []);
    assert.equal(mirrorList({}).length, 2);
  });
});

describe('drawn digits', () => {
  const { images, labels } = drawSet(2000, 7);
  const image = (i: number): Uint8Array => images.subarray(i * 784, (i + 1) * 784);

  it('are the same for the same seed, and others for another', () => {
    assert.deepEqual(drawSet(50, 7).images, images.subarray(0, 50 * 784));
    assert.notDeepEqual(drawSet(50, 8).images, images.subarray(0, 50 * 784));
  });

  it('have ten classes that the nearest mean tells apart, and vary within each', () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    const counts = new Float64Array(10);
    for (let i = 0; i < 1000; i++) {
      counts[labels[i]!]!++;
      image(i).forEach((v, j) => {
        means[labels[i]!]![j]! += v;
      });
    }
    means.forEach((mean, digit) => {
      assert.ok(counts[digit]! > 50, `${counts[digit]} of ${digit}`);
      for (let j = 0; j < 784; j++) mean[j]! /= counts[digit]!;
    });
    const distance = (i: number, digit: number): number =>
      image(i).reduce((sum, v, j) => sum + (v - means[digit]![j]!) ** 2, 0);
    let right = 0;
    let spread = 0;
    for (let i = 1000; i < 2000; i++) {
      const best = means.map((_, digit) => distance(i, digit));
      if (best.indexOf(Math.min(...best)) === labels[i]) right++;
      spread += best[labels[i]!]! / 784 / 1000;
    }
    assert.ok(right > 700, `${right} of 1000`);
    // Handwritten digits lie 0.04 from their class's mean.
    assert.ok(spread / 255 ** 2 > 0.02, `spread ${spread / 255 ** 2}`);
  });

  it('are framed as handwritten ones are: black margin, ink in the middle', () => {
    let margin = 0;
    for (let i = 0; i < 200; i++) {
      const picture = image(i);
      let [mass, x, y] = [0, 0, 0];
      picture.forEach((v, j) => {
        mass += v;
        x += v * (j % 28);
        y += v * Math.floor(j / 28);
        if (j < 28 || j >= 756 || j % 28 === 0 || j % 28 === 27) margin += v;
      });
      assert.ok(Math.max(...picture) > 200, 'ink');
      assert.ok(Math.abs(x / mass - 13.5) < 2.5 && Math.abs(y / mass - 13.5) < 2.5, `${x / mass}, ${y / mass}`);
    }
    assert.ok(margin / 200 < 100, `${margin / 200} of ink at the border of an image`);
  });
});
