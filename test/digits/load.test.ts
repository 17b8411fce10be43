import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fetchFiles, mirrorUrls } from '../../tools/digits/download.ts';
import { writeIdx } from '../../tools/digits/idx.ts';
import { type LoadOptions, loadDigits, readFolder } from '../../tools/digits/load.ts';
import { digitFiles, folder, put, serve, tidy } from './folder.ts';

after(tidy);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const zipped = (files: ReadonlyMap<string, Uint8Array>) =>
  new Map<string, Uint8Array>([...files].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
const set = digitFiles(20, 10);
const gz = zipped(set);
const checksums = Object.fromEntries([...gz].map(([name, bytes]) => [name, sha256(bytes)]));
const timeouts = { answer: 300, pause: 300 };
const nothing = (): void => {};

/** Makes a folder with a data set in `mnist`, drawn with the seed. */
function holding(seed: number): string {
  const path = folder();
  mkdirSync(join(path, 'mnist'));
  put(digitFiles(20, 10, seed), join(path, 'mnist'));
  return path;
}

describe('a folder of digits', () => {
  it('is read, gzipped or not', () => {
    const plain = readFolder(put(set), 'here');
    assert.deepEqual([plain.train.length, plain.testLabels.length, plain.source], [20 * 784, 10, 'here']);
    const { train, ...rest } = readFolder(put(gz), 'here');
    assert.deepEqual(Buffer.from(train), Buffer.from(plain.train));
    assert.deepEqual(Buffer.from(rest.testLabels), Buffer.from(plain.testLabels));
  });

  it('without digits is an error that names the missing files', async () => {
    const half = put(new Map([...set].slice(0, 2)));
    const names = 't10k-images-idx3-ubyte\\[\\.gz\\], t10k-labels-idx1-ubyte\\[\\.gz\\]$';
    await assert.rejects(loadDigits(half, 1, nothing), new RegExp(`^Error: ${half} has no digits: expected ${names}`));
    await assert.rejects(loadDigits(join(half, 'none'), 1, nothing), /none has no digits: expected train-images/);
  });

  it('whose images and labels do not match is refused', () => {
    const wrong = (name: string, shape: number[], message: RegExp, fill = 0): void => {
      const data = new Uint8Array(shape.reduce((a, b) => a * b)).fill(fill);
      assert.throws(() => readFolder(put(new Map(set).set(name, writeIdx({ shape, data }))), 'x'), message);
    };
    wrong('train-images-idx3-ubyte', [20, 14, 56], /expected images of 28×28, got \[20, 14, 56\]/);
    wrong('train-images-idx3-ubyte', [0, 28, 28], /expected images of 28×28, got \[0, 28, 28\]/);
    wrong('train-images-idx3-ubyte', [19, 28, 28], /expected 19 labels, one an image, got \[20\]/);
    wrong('t10k-labels-idx1-ubyte', [9], /expected 10 labels, one an image, got \[9\]/);
    wrong('t10k-labels-idx1-ubyte', [10], /expected labels 0\.\.9, got 10/, 10);
  });
});

describe('sources of digits', () => {
  it('are tried in order: the option, ISTHMUS_DATA, the shared folder, the cache, a mirror, the generator', async () => {
    const [named, own, shared] = [put(digitFiles(20, 10, 2)), holding(3), holding(4)];
    let asked = 0;
    const mirror = await serve((name, response) => {
      asked++;
      response.end(gz.get(name));
    });
    const cache = folder();
    const none = folder();
    const options = (more: NodeJS.ProcessEnv, place: string): LoadOptions => ({
      env: { XDG_CACHE_HOME: cache, ISTHMUS_MIRROR: mirror, ...more },
      sharedFolder: place,
      checksums,
      timeouts,
      drawnCounts: [30, 5],
    });
    const got = async (data: string | undefined, w: LoadOptions) => {
      const { source, drawn, train } = await loadDigits(data, 9, nothing, w);
      return [source.replace(/ from .*isthmus-.*/, ' from a folder'), drawn, sha256(train)];
    };
    const pixels = (files: ReadonlyMap<string, Uint8Array>) =>
      sha256(files.get('train-images-idx3-ubyte')!.subarray(16));
    const seeded = (seed: number) => pixels(digitFiles(20, 10, seed));
    const env = { ISTHMUS_DATA: own };
    assert.deepEqual(await got(named, options(env, shared)), ['handwritten digits from a folder', false, seeded(2)]);
    assert.deepEqual(await got(undefined, options(env, shared)), [
      'handwritten digits (MNIST) from a folder',
      false,
      seeded(3),
    ]);
    assert.deepEqual(await got(undefined, options({ ISTHMUS_DATA: none }, shared)), [
      'handwritten digits (MNIST) from a folder',
      false,
      seeded(4),
    ]);
    assert.equal(asked, 0);
    assert.deepEqual(await got(undefined, options({}, none)), [
      'handwritten digits (MNIST) from a public mirror',
      false,
      pixels(set),
    ]);
    assert.equal(asked, 4);
    assert.deepEqual(await got(undefined, options({}, none)), [
      'handwritten digits (MNIST) from the cache',
      false,
      pixels(set),
    ]);
    assert.equal(asked, 4);
    const [source, drawn, sum] = await got(undefined, options({ ISTHMUS_MIRROR: '', XDG_CACHE_HOME: none }, none));
    assert.deepEqual([source, drawn], ['digits drawn by a generator (no handwritten ones could be had)', true]);
    assert.equal(sum, pixels(digitFiles(30, 5, 9)));
  });

  it('ISTHMUS_MIRROR names one mirror, or none', () => {
    assert.deepEqual(mirrorUrls({ ISTHMUS_MIRROR: 'http://here/x' }), ['http://here/x/']);
    assert.deepEqual(mirrorUrls({ ISTHMUS_MIRROR: '' }), []);
    assert.equal(mirrorUrls({}).length, 2);
  });
});

describe('mirrors', () => {
  const one = { 'a.gz': sha256(Buffer.from('right')) };
  const good = () => serve((_, response) => response.end('right'));

  it('a file with a wrong checksum is neither used nor cached, and the next mirror is tried', async () => {
    const cache = join(folder(), 'deep', 'cache');
    const bad = await serve((_, response) => response.end('wrong'));
    const said: string[] = [];
    assert.equal(await fetchFiles(cache, one, [bad], (line) => said.push(line), timeouts), undefined);
    assert.match(said.join(), /a\.gz has sha256 [0-9a-f]{8}…, expected [0-9a-f]{8}…/);
    assert.equal(existsSync(cache), false);
    const found = await fetchFiles(cache, one, [bad, await good()], nothing, timeouts);
    assert.equal(String(found?.files.get('a.gz')), 'right');
    assert.deepEqual(readdirSync(cache), ['a.gz']);
  });

  it('a damaged file of the cache is downloaded again', async () => {
    const cache = put(new Map([['a.gz', Buffer.from('damaged')]]));
    const found = await fetchFiles(cache, one, [await good()], nothing, timeouts);
    assert.deepEqual([found?.fetched, String(found?.files.get('a.gz'))], [true, 'right']);
    assert.equal(readFileSync(join(cache, 'a.gz'), 'utf8'), 'right');
    assert.equal((await fetchFiles(cache, one, [], nothing, timeouts))?.fetched, false);
  });

  it('a cache that cannot be written is ignored', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, 'mine');
    const said: string[] = [];
    const found = await fetchFiles(join(file, 'cache'), one, [await good()], (line) => said.push(line), timeouts);
    assert.equal(String(found?.files.get('a.gz')), 'right');
    assert.match(said.join(), /^not kept for next time: .*\(ENOTDIR\)$/);
  });

  // Without the limit a mirror that never answers would stop the tests.
  it('that are absent, refuse, hang, stop half-way or have an invalid address are skipped', {
    timeout: 20_000,
  }, async () => {
    const urls = [
      'http://127.0.0.1:9/',
      'nonsense/',
      await serve((_, response) => response.writeHead(404).end()),
      await serve(nothing),
      await serve((_, response) => response.write('rig')),
    ];
    const said: string[] = [];
    const found = await fetchFiles(folder(), one, [...urls, await good()], (line) => said.push(line), timeouts);
    assert.equal(String(found?.files.get('a.gz')), 'right');
    assert.equal(said.length, 5);
    assert.match(said[2]!, /: status 404$/);
    assert.match(said[3]!, /: no answer$/);
    assert.match(said[4]!, /: stopped sending$/);
  });
});
