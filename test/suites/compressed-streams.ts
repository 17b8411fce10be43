// Streams, random access and damage.

import { crc32c } from '../reference/crc32c.ts';
import { equal, fails, type Isthmus, ok, type Suite, sameBits, sheetSamples } from './assert.ts';
import { codecFor, SIZE } from './compressing.ts';

type Chunk = Float32Array | Uint8Array;

const joined = <T extends Chunk>(parts: readonly T[], make: (length: number) => T): T => {
  const all = make(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
};

/** A stream of an array, in chunks whose lengths cycle through `lengths`. */
const streamOf = <T extends Chunk>(values: T, lengths: readonly number[]): ReadableStream<T> =>
  new ReadableStream<T>({
    start(controller) {
      for (let at = 0, i = 0; at < values.length; at += lengths[i++ % lengths.length]!)
        controller.enqueue(values.slice(at, at + lengths[i % lengths.length]!) as T);
      controller.close();
    },
  });

async function all<T>(stream: ReadableStream<T>): Promise<T[]> {
  const parts: T[] = [];
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
  }
}

const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  joined(await all(stream), (length) => new Uint8Array(length));

/** 100 samples in blocks of 16, and the offset of each block. */
async function blocks(isthmus: Isthmus) {
  const { codec } = await codecFor(isthmus, { step: 0.05, samplesPerBlock: 16 });
  const x = sheetSamples(100, SIZE, 2);
  const bytes = codec.compress(x);
  const starts: number[] = [];
  for (let at = 28; bytes[at] === 0x0c; at += 28 + new DataView(bytes.buffer).getUint32(at + 8, true)) starts.push(at);
  return { codec, x, bytes, starts, values: codec.decompress(bytes) };
}

export const compressedStreams: Suite = {
  async 'compression and decompression streams handle the bytes of compress, in chunks of any length'(isthmus) {
    const { codec, x, bytes, values } = await blocks(isthmus);
    for (const lengths of [[1], [7, 333, 2], [SIZE], [100_000]]) {
      const out = await bytesOf(
        streamOf(x, lengths).pipeThrough(codec.compressionStream()) as ReadableStream<Uint8Array>,
      );
      sameBits(out, bytes, `values by ${lengths}`);
      const back = streamOf(bytes, lengths).pipeThrough(codec.decompressionStream()) as ReadableStream<Float32Array>;
      sameBits(
        joined(await all(back), (length) => new Float32Array(length)),
        values,
        `bytes by ${lengths}`,
      );
    }
    const pixels = Uint8Array.from(x, (v) => v * 255);
    const fromPixels = streamOf(pixels, [77]).pipeThrough(codec.compressionStream()) as ReadableStream<Uint8Array>;
    sameBits(await bytesOf(fromPixels), codec.compress(pixels), 'pixels');
  },

  async 'a writer may reuse its buffer after write() has resolved'(isthmus) {
    const { codec, bytes, values } = await blocks(isthmus);
    const { readable, writable } = codec.decompressionStream() as TransformStream<Uint8Array, Float32Array>;
    const out = all(readable);
    const writer = writable.getWriter();
    const buffer = new Uint8Array(50);
    for (let at = 0; at < bytes.length; at += 50) {
      const part = bytes.subarray(at, at + 50);
      buffer.set(part);
      await writer.write(buffer.subarray(0, part.length));
    }
    await writer.close();
    sameBits(
      joined(await out, (length) => new Float32Array(length)),
      values,
    );
  },

  async 'an empty stream has no samples'(isthmus) {
    const { codec } = await codecFor(isthmus);
    const out = await bytesOf(
      streamOf(new Float32Array(0), [1]).pipeThrough(codec.compressionStream()) as ReadableStream<Uint8Array>,
    );
    equal([codec.decompress(out).length, codec.open(out).length, out.length], [0, 0, 28 + 36]);
  },

  async 'a stream makes no block before it is read'(isthmus) {
    const { codec, bytes } = await blocks(isthmus);
    for (const [stream, chunk] of [
      [codec.compressionStream(), sheetSamples(100, SIZE, 2)],
      [codec.decompressionStream(), bytes],
    ] as const) {
      const { readable, writable } = stream as TransformStream<Chunk, Chunk>;
      const writer = writable.getWriter();
      let written = false;
      const writing = writer.write(chunk).then(() => {
        written = true;
      });
      const reader = readable.getReader();
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 5));
      ok(!written, 'write() resolves before its blocks are read');
      for (let i = 0; i < 20 && !written; i++) await Promise.race([reader.read(), writing]);
      await writing;
    }
  },

  async 'cancel, abort and an invalid chunk end the readable and the writable side of a stream'(isthmus) {
    const { codec, x } = await blocks(isthmus);
    const cancelled = codec.compressionStream() as TransformStream<Chunk, Chunk>;
    const writing = cancelled.writable.getWriter().write(x);
    await cancelled.readable.cancel(new Error('enough'));
    await fails(() => writing, 'Error', /enough/);
    const aborted = codec.compressionStream() as TransformStream<Chunk, Chunk>;
    const reading = aborted.readable.getReader();
    await aborted.writable.abort(new Error('stop'));
    await fails(() => reading.read(), 'Error', /stop/);
    const through = (chunks: readonly unknown[]) =>
      all(
        new ReadableStream({
          start(controller) {
            for (const chunk of chunks) controller.enqueue(chunk);
            controller.close();
          },
        }).pipeThrough(codec.compressionStream()),
      );
    await fails(() => through(['text']), 'TypeError', /"chunk" expected Float32Array or Uint8Array/);
    await fails(() => through([x, new Uint8Array(3)]), 'TypeError', /"chunk" expected Float32Array as before/);
    await fails(() => through([x, new Float32Array(3)]), 'RangeError', /whole samples of 20 values/);
    await fails(() => through([x.map(() => Number.NaN)]), 'RangeError', /finite/);
  },

  async 'a reader decodes any range of samples'(isthmus) {
    const { codec, bytes, values } = await blocks(isthmus);
    const reader = codec.open(bytes);
    equal(reader.length, 100);
    for (const i of [99, 0, 15, 16, 50, 17])
      sameBits(reader.sample(i), values.subarray(i * SIZE, (i + 1) * SIZE), `${i}`);
    sameBits(reader.samples(10, 50), values.subarray(10 * SIZE, 60 * SIZE), 'across blocks');
    sameBits(reader.samples(0, 100), values, 'all');
    await fails(() => reader.sample(100), 'RangeError', /"index" expected integer 0\.\.99, got 100/);
    await fails(() => reader.sample(-1), 'RangeError', /"index"/);
    await fails(() => reader.samples(90, 11), 'RangeError', /"count" expected integer 1\.\.10, got 11/);
  },

  async 'damage loses only the damaged block and is reported'(isthmus) {
    const { codec, bytes, starts, values } = await blocks(isthmus);
    equal(starts.length, 7);
    // Block 2 with a wrong payload, a wrong length, a wrong mark, a missing part, a repeated part; without block 2; with one byte of it.
    const at = starts[2]!;
    const changes: Record<string, Uint8Array> = {
      payload: bytes.map((byte, i) => (i === at + 30 ? byte ^ 4 : byte)),
      length: bytes.map((byte, i) => (i === at + 9 ? byte ^ 4 : byte)),
      mark: bytes.map((byte, i) => (i === at ? 0 : byte)),
      missing: joined([bytes.slice(0, at + 30), bytes.slice(at + 37)], (n) => new Uint8Array(n)),
      twice: joined([bytes.slice(0, at + 37), bytes.slice(at + 30)], (n) => new Uint8Array(n)),
      whole: joined([bytes.slice(0, at), bytes.slice(starts[3])], (n) => new Uint8Array(n)),
      gone: joined([bytes.slice(0, at), bytes.slice(at + 5, at + 6), bytes.slice(starts[3])], (n) => new Uint8Array(n)),
    };
    const expected = values.map((value, i) => (i >= 32 * SIZE && i < 48 * SIZE ? Number.NaN : value));
    for (const [name, changed] of Object.entries(changes)) {
      const error = await fails(
        () => codec.decompress(changed),
        'FormatError',
        /"block 2" expected samples (32\.\.47|from 32 on)/,
      );
      equal((error as { code?: string }).code, 'corrupt');
      const found: unknown[] = [];
      const onDamage = ({ first, samples, error }: { first: number; samples: number; error: Error }) =>
        found.push(first, samples, error.name);
      sameBits(codec.decompress(changed, { onDamage }), expected, name);
      equal(found, [32, 16, 'FormatError'], name);
      const stream = streamOf(changed, [50]).pipeThrough(codec.decompressionStream({ onDamage }));
      sameBits(
        joined((await all(stream)) as Float32Array[], (n) => new Float32Array(n)),
        expected,
        `${name}, stream`,
      );
      const strict = streamOf(changed, [50]).pipeThrough(codec.decompressionStream()) as ReadableStream<Float32Array>;
      const parts: Float32Array[] = [];
      const read = async (): Promise<void> => {
        for (const reader = strict.getReader(); ; ) {
          const { done, value } = await reader.read();
          if (done) return;
          parts.push(value);
        }
      };
      await fails(read, 'FormatError', /block 2/);
    }
    const cut = streamOf(bytes.slice(0, -1), [50]).pipeThrough(codec.decompressionStream());
    await fails(() => all(cut), 'FormatError', /an end behind the blocks, got none/);
    const reader = codec.open(changes.payload!);
    sameBits(reader.samples(48, 52), values.subarray(48 * SIZE), 'the blocks behind the damage');
    await fails(() => reader.sample(40), 'FormatError', /"block 2" expected samples 32\.\.47/);
  },

  async 'forged headers with correct checksums are refused'(isthmus) {
    const { codec, bytes, starts } = await blocks(isthmus);
    const sealed = (edit: (view: DataView) => void, from: number, length: number): Uint8Array => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      edit(view);
      view.setUint32(from + length, crc32c(copy.subarray(from, from + length)), true);
      return copy;
    };
    const at = starts[1]!;
    const end = bytes.length - 36;
    const cases: [string, Uint8Array][] = [
      ['corrupt', sealed((view) => view.setBigUint64(end + 8, 1_000_000_000_000n, true), end, 32)],
      ['corrupt', sealed((view) => view.setUint32(end + 4, 2 ** 32 - 1, true), end, 32)],
      ['limit', sealed((view) => view.setUint32(at + 8, 2 ** 32 - 1, true), at, 24)],
      ['limit', sealed((view) => view.setUint16(at + 2, 65535, true), at, 24)],
      ['corrupt', sealed((view) => view.setUint16(at + 2, 17, true), at, 24)],
      ['corrupt', sealed((view) => view.setUint16(at + 2, 0, true), at, 24)],
      ['corrupt', sealed((view) => view.setUint32(at + 4, 2 ** 32 - 1, true), at, 24)],
      ['corrupt', sealed((view) => view.setFloat64(at + 12, Number.NaN, true), at, 24)],
      ['version', sealed((view) => view.setUint8(4, 2), 0, 24)],
      ['corrupt', sealed((view) => view.setUint8(4, 0), 0, 24)],
      ['corrupt', sealed((view) => view.setUint8(5, 3), 0, 24)],
      ['corrupt', sealed((view) => view.setUint8(6, 77), 0, 24)],
      ['model', sealed((view) => view.setUint32(8, 1, true), 0, 24)],
      ['model', sealed((view) => view.setUint32(20, 21, true), 0, 24)],
    ]; // biome-ignore format: a table
    for (const [i, [expected, forged]] of cases.entries()) {
      const refused = async (read: () => unknown): Promise<void> => {
        const error = await fails(read, 'FormatError', /expected/);
        equal((error as { code?: string }).code, expected, `case ${i}`);
      };
      await refused(() => codec.decompress(forged));
      await refused(() => codec.open(forged).samples(0, 100));
      try {
        // With onDamage, a forged block may add at most one block of lost samples.
        const values = codec.decompress(forged, { onDamage() {} });
        ok(values.length <= 160 * SIZE, `case ${i}: ${values.length}`);
      } catch (error) {
        equal([(error as Error).name, (error as { code?: string }).code], ['FormatError', expected], `case ${i}`);
      }
    }
  },
};
