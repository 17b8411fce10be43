// Limits on decompression: `maxBytes`, and work in proportion to the data.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Codec, FormatError, loadCodec } from 'isthmus';
import { crc32c } from '../reference/crc32c.ts';
import { codecFile, compressed, digestOf, type ForgedBlock } from '../save/forge.ts';

const flatten = { type: 'flatten' };
/** The table of a channel: step 1, no shift, and one symbol, 0, of the largest frequency. */
const zeros = [0, 0, 128, 63, 0, 1, 0, 255, 127];

/** The file of a plain codec whose model does not change samples of n values. */
const fileFor = (n: number): Uint8Array<ArrayBuffer> =>
  codecFile(
    { input: [n], encoder: [flatten], decoder: [flatten] },
    { mode: 'plain' },
    Uint8Array.from({ length: zeros.length * n }, (_, i) => zeros[i % zeros.length]!),
  );

const file = fileFor(4);
const dataOf = (blocks: readonly ForgedBlock[], of = file, n = 4): Uint8Array<ArrayBuffer> =>
  compressed(digestOf(of), [n], 'plain', [0, 0], blocks);

/** A block of 4,096 samples, all zero, as `compress` writes it. */
const blank = async (): Promise<ForgedBlock> => {
  const codec = await loadCodec(file);
  const stream = codec.compress(new Float32Array(4 * 4096));
  const size = new DataView(stream.buffer).getUint32(28 + 8, true);
  return { samples: 4096, payload: stream.slice(56, 56 + size) };
};

/** The message of the FormatError `limit` that `run` must throw. */
async function limit(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof FormatError && error.code === 'limit', String(error));
    return error.message;
  }
  return assert.fail('no error');
}

async function streamed(codec: Codec, bytes: Uint8Array<ArrayBuffer>, options: object, part = 1000): Promise<number[]> {
  const parts = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += part) controller.enqueue(bytes.slice(at, at + part));
      controller.close();
    },
  });
  const through = codec.decompressionStream(options) as TransformStream<Uint8Array, Float32Array>;
  const lengths: number[] = [];
  for await (const values of parts.pipeThrough(through)) lengths.push(values.length);
  return lengths;
}

describe('the size of what is decompressed', () => {
  it('is at most maxBytes, of decompress, open and a stream', async () => {
    const codec = await loadCodec(file);
    const bytes = dataOf([await blank(), await blank()]);
    const size = 2 * 4096 * 4 * 4;
    for (const run of [
      (maxBytes: number) => codec.decompress(bytes, { maxBytes }),
      (maxBytes: number) => codec.decompress(bytes, { maxBytes, onDamage() {} }),
      (maxBytes: number) => codec.open(bytes, { maxBytes }),
      (maxBytes: number) => streamed(codec, bytes, { maxBytes }),
    ]) {
      await run(size);
      await run(Infinity);
      const message = await limit(() => run(size - 1));
      assert.match(message, new RegExp(`expected at most ${size - 1} bytes, or a larger maxBytes, got ${size}$`));
      await limit(() => run(0));
      await assert.rejects(async () => run(-1), { name: 'RangeError' });
      await assert.rejects(async () => run(Number.NaN), { name: 'RangeError' });
      await assert.rejects(async () => run('1' as never), { name: 'TypeError' });
    }
    assert.equal(codec.decompress(bytes).length, size / 4);
  });

  it('is by default 128 MB, or 1,024 times the data', async () => {
    const codec = await loadCodec(file);
    const block = await blank();
    const bytes = (blocks: number) => dataOf(Array(blocks).fill(block));
    const most = 2 ** 27 / (4096 * 4 * 4);
    assert.equal(codec.decompress(bytes(most)).byteLength, 2 ** 27);
    const more = bytes(most + 1);
    assert.match(await limit(() => codec.decompress(more)), /got 134283264$/);
    assert.equal(codec.decompress(more, { maxBytes: 134283264 }).byteLength, 134283264);
    assert.match(await limit(() => codec.open(more)), /134217728/);
    assert.match(await limit(() => streamed(codec, more, {})), /134217728/);
    // More data allow more values: here 200 MB in 256 KB.
    const junk = { samples: 1, payload: new Uint8Array(1000), damaged: true };
    const long = dataOf([...Array(3050).fill(block), ...Array(250).fill(junk)]);
    assert.ok(codec.decompress(long, { onDamage() {} }).byteLength > 1.9e8);
  });

  it('counts lost samples, which a stream returns in parts no larger than a block', async () => {
    const codec = await loadCodec(file);
    // Before each block the largest number of samples is missing that a reader accepts.
    const step = 2 ** 18 + 1;
    const gaps = (blocks: number) =>
      dataOf(
        Array.from({ length: blocks }, (_, i) => ({
          samples: 1,
          payload: new Uint8Array(16),
          first: i * step,
          damaged: true,
        })),
      );
    const bytes = gaps(134);
    assert.ok(bytes.length < 6000);
    const onDamage = (): void => {};
    assert.match(await limit(() => codec.decompress(bytes, { onDamage })), /134217728/);
    assert.match(await limit(() => streamed(codec, bytes, { onDamage })), /134217728/);
    const lost: number[] = [];
    const lengths = await streamed(codec, gaps(3), {
      onDamage: ({ samples }: { samples: number }) => lost.push(samples),
    });
    assert.ok(Math.max(...lengths) <= 2 ** 20, `${lengths}`);
    assert.equal(
      lengths.reduce((sum, n) => sum + n),
      4 * lost.reduce((sum, n) => sum + n),
    );
  });

  it('allows 8 million repetitions of one value', async () => {
    const codec = await loadCodec(file);
    const x = new Float32Array(2 ** 23);
    assert.deepEqual(codec.decompress(codec.compress(x)), x);
  });

  it('counts codes by default, where they are larger than samples', async () => {
    const up = (size: number) => ({ type: 'upSampling1d', size });
    const pool = (poolSize: number) => ({ type: 'maxPooling1d', poolSize });
    const spec = { input: [1, 1], encoder: [up(4096), up(4096), up(16)], decoder: [pool(4096), pool(4096), pool(16)] };
    const head = [...new Uint8Array(Float64Array.of(0.1, 1).buffer), 1, 0, 0, 0];
    const of = codecFile(spec, { mode: 'bounded', maxError: 0.1 }, Uint8Array.from([...head, 2, 3, 1, 2, 3, 4]));
    const bytes = compressed(
      digestOf(of),
      [1, 1],
      'bounded',
      [1, 0.1],
      [{ samples: 1, payload: Uint8Array.of(2, 3, 1, 2, 3, 4), bound: 0.1 }],
    );
    assert.match(await limit(async () => (await loadCodec(of)).decompress(bytes)), /got 1073741824$/);
  });

  it('beyond the memory of the runtime is a limit too', async () => {
    const [image, n] = [[1, 1, 64], 64];
    // Zeros around one pixel: 4,097² of them, times 64 channels.
    const window = { type: 'conv2d', filters: n, kernelSize: 2, dilationRate: 4096, padding: 'same', useBias: false };
    const kernel = ['F32', [2, 2, n, n], new Uint8Array(4 * 2 * 2 * n * n)] as const;
    const spec = { input: image, encoder: [flatten], decoder: [{ type: 'reshape', targetShape: image }, window] };
    const tables = Uint8Array.from({ length: zeros.length * n }, (_, i) => zeros[i % zeros.length]!);
    const of = codecFile(spec, { mode: 'plain' }, tables, { 'decoder.1.kernel': kernel });
    const { payload } = await blank();
    const bytes = compressed(digestOf(of), image, 'plain', [0, 0], [{ samples: 256, payload }]);
    assert.match(await limit(async () => (await loadCodec(of)).decompress(bytes)), /"activations" expected .* memory/);
  });
});

describe('the work of decompressing damaged data', () => {
  it('is in proportion to the data where forged blocks claim the same bytes', async () => {
    let summed = 0;
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = (async (...given: Parameters<typeof instantiate>) => {
      const { exports } = (await instantiate(...given)) as unknown as WebAssembly.Instance;
      const { crc32c: own } = exports as { crc32c?: (at: number, n: number, crc: number, scratch: number) => number };
      const counted = (at: number, n: number, crc: number, scratch: number): number => {
        summed += n;
        return own!(at, n, crc, scratch);
      };
      return { exports: own ? { ...exports, crc32c: counted } : exports };
    }) as never;
    let codec: Codec;
    try {
      codec = await loadCodec(file);
    } finally {
      WebAssembly.instantiate = instantiate;
    }
    const head = dataOf([]).subarray(0, 28);
    for (const n of [100, 10_000]) {
      const bytes = new Uint8Array(28 + 28 * n + 36);
      bytes.set(head);
      const view = new DataView(bytes.buffer);
      for (let i = 0, at = 28; i < n; i++, at += 28) {
        view.setUint16(at, 0xb10c, true);
        view.setUint16(at + 2, 65_535, true);
        view.setUint32(at + 4, (i * 65_535) % 2 ** 32, true);
        view.setUint32(at + 8, bytes.length - 36 - at - 28, true);
        view.setUint32(at + 24, crc32c(bytes.subarray(at, at + 24)), true);
      }
      for (const read of [
        () => codec.decompress(bytes, { onDamage() {}, maxBytes: Infinity }),
        () => streamed(codec, bytes, { onDamage() {}, maxBytes: Infinity }, 777),
      ]) {
        summed = 0;
        await assert.rejects(async () => read(), FormatError);
        assert.ok(summed <= 8 * bytes.length, `${summed} bytes summed for ${bytes.length}`);
      }
    }
  });
});
