// Sources of loaders. Bytes of another format: the error names the format and the remedy. URLs of files, Blobs and responses
// are read. The option maxBytes limits the size.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as isthmus from 'isthmus';
import { load } from 'isthmus/slim';

const { autoencoder, dense, fit, FormatError, saveModel, saveCheckpoint } = isthmus;
const { loadModel, loadCheckpoint, loadCodec, loadDetector } = isthmus;
const loaders = { loadModel, loadCheckpoint, loadCodec, loadDetector };
type Name = keyof typeof loaders;

const x = Float32Array.from({ length: 4 * 200 }, (_, i) => Math.fround(Math.sin(i * i)));
let files: Record<Name, Uint8Array<ArrayBuffer>>;
let codec: isthmus.Codec;
let compressed: Uint8Array<ArrayBuffer>;
let folder: string;

before(async () => {
  const model = await autoencoder(
    { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] },
    { seed: 1 },
  );
  await fit(model, x);
  codec = await isthmus.createCodec(model, x, { maxError: 0.1 });
  compressed = codec.compress(x);
  files = {
    loadModel: saveModel(model),
    loadCheckpoint: saveCheckpoint(model),
    loadCodec: codec.save(),
    loadDetector: (await isthmus.anomalyDetector(model, x)).save(),
  };
  folder = await mkdtemp(join(tmpdir(), 'isthmus '));
});

after(() => rm(folder, { recursive: true }));

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.of(...values, ...Array(100).fill(7));

/** A safetensors file as PyTorch writes it. */
function ofPyTorch(metadata: object = { format: 'pt' }): Uint8Array<ArrayBuffer> {
  const header = text(
    JSON.stringify({ __metadata__: metadata, w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }),
  );
  const file = new Uint8Array(8 + header.length + 4);
  new DataView(file.buffer).setUint32(0, header.length, true);
  file.set(header, 8);
  return file;
}

/** A zip archive with one stored file, as PyTorch and Keras write them. */
function zip(): Uint8Array<ArrayBuffer> {
  const data = deflateRawSync(Buffer.alloc(100));
  return Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0, ...data) as Uint8Array<ArrayBuffer>;
}

/** Files of other formats, and a pattern that the error message must match. */
const foreignFiles: readonly (readonly [name: string, file: () => Uint8Array<ArrayBuffer>, message: RegExp])[] = [
  ['a web page', () => text('<!DOCTYPE html><html><body>Not found</body></html>'), /web page \(is the address right\?\)/],
  ['a web page after spaces', () => text('\n\n  <html lang="en"></html>'), /web page/],
  ['JSON', () => text('{"modelTopology":{"keras_version":"2.2.4"}}'), /JSON \(is the address right\?\)/],
  ['JSON that looks like a header', () => text('{"data":{"error":"not found"}}'), /JSON/],
  ['a list in JSON', () => text('[1,2,3]'), /JSON/],
  ['gzip', () => new Uint8Array(gzipSync(files.loadModel)), /gzip \(decompress it\)/],
  ['zip', zip, /a zip \(of PyTorch\?\) \(set its weights by setWeights\)/],
  ['a web page after a byte order mark', () => text('\uFEFF<!doctype html>'), /web page/],
  ['a pickle', () => bytes(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9), /pickle of PyTorch \(set its weights/],
  ['ONNX', () => bytes(8, 7, 0x12, 7, 0x70, 0x79, 0x74, 0x6f, 0x72, 0x63, 0x68), /ONNX \(fromOnnx of isthmus\/onnx\)/],
  ['HDF5', () => bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), /HDF5 of Keras/],
  ['PNG', () => bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), /PNG/],
  ['a Git LFS pointer', () => text('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n'), /Git LFS pointer \(git lfs pull\)/],
]; // biome-ignore format: a table

async function refused(run: () => unknown, message: RegExp, code = 'model'): Promise<void> {
  await assert.rejects(
    async () => run(),
    (error: Error) => {
      assert.ok(error instanceof FormatError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^"\w+" expected .*, got /);
      assert.equal(error.code, code, error.message);
      return true;
    },
  );
}

/** Calls `run` with each loader in turn. */
async function each(
  run: (name: Name, load: (source: never, options?: object) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  for (const [name, loader] of Object.entries(loaders)) await run(name as Name, loader as never);
}

describe('bytes of another format', () => {
  for (const [name, file, message] of foreignFiles)
    it(`every loader and a codec name the format of the bytes: ${name}`, async () => {
      await each((_, loader) => refused(() => loader(file() as never), message));
      await refused(() => codec.decompress(file()), message);
      await refused(() => codec.open(file()), message);
    });

  it('the error shows the first bytes of a file of an unknown format', async () => {
    const ascii = (value: string) => Uint8Array.from(`${value}${'\0'.repeat(99)}`, (c) => c.charCodeAt(0) as never);
    const cases: readonly (readonly [Uint8Array<ArrayBuffer>, RegExp, string?])[] = [
      [text('Not found'), /got bytes that begin "Not found" \(is the address right\?\)$/],
      [text('Not foun'), /begin "Not foun"/],
      [text('Gone'), /begin "Gone"/, 'truncated'],
      [text('a,b,c\n1,2,3\n'), /begin "a,b,c\\n1,2,3\\n"/],
      [text('export default "/assets/m.safetensors"'), /begin "export default/],
      [text(Buffer.from(files.loadModel).toString('base64')), /begin "[\w+/]{40}" \(is the address right/],
      [new Uint8Array(Buffer.from('Not found', 'utf16le')), /got bytes 4e 00 6f 00$/],
      [new Uint8Array(deflateSync(files.loadModel)), /got bytes 78 9c /],
      [new Uint8Array(brotliCompressSync(files.loadModel)), /got bytes /],
      [bytes(0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46), /got bytes ff d8 ff e0$/],
      [ascii('GIF89a'), /begin "GIF89a"/],
      [ascii('\x93NUMPY\x01\0v\0{'), /got bytes 93 4e 55 4d$/],
      [ascii('\x1c\0\0\0TFL3'), /got bytes 1c 00 00 00$/],
      [ascii('\0asm\x01\0\0\0'), /got bytes 00 61 73 6d$/],
      [ascii('(\xb5/\xfd\x04\0\0\0'), /got bytes 28 b5 2f fd$/],
      [Uint8Array.of(0xef, 0xbb, 0xbf, ...files.loadModel), /got bytes ef bb bf /],
    ];
    for (const [file, message, code] of cases)
      await each((_, loader) => refused(() => loader(file as never), message, code));
    await each(async (name, loader) => {
      const file = files[name];
      for (const end of [1, 7, 8, 9, 100]) await refused(() => loader(file.slice(0, end) as never), /./, 'truncated');
      const long = file.slice();
      long[5] = 1;
      await refused(() => loader(long as never), /header of at most 100000000/, 'limit');
    });
  });

  it('every loader refuses an empty file', () =>
    each((_, loader) => refused(() => loader(new Uint8Array(0) as never), /an empty one/, 'truncated')));

  it('the error names the right loader for a file that belongs to another loader', () =>
    each(async (name, loader) => {
      for (const other of Object.keys(files) as Name[])
        if (other !== name) await refused(() => loader(files[other] as never), new RegExp(`\\(${other}\\)$`));
    }));

  it('every loader refuses compressed data, and a codec refuses to decompress a file', async () => {
    await each((_, loader) => refused(() => loader(compressed as never), /compressed data \(codec\.decompress\)/));
    for (const file of Object.values(files)) await refused(() => codec.decompress(file), /\.safetensors \(loadCodec\)/);
  });

  it('the error names setWeights for a .safetensors file of another tool', () =>
    each(async (_, loader) => {
      await refused(() => loader(ofPyTorch() as never), /got pt \(set its weights by setWeights\)/);
      await refused(() => loader(ofPyTorch({}) as never), /got nothing \(set its weights by setWeights\)/);
    }));

  it('an isthmus file whose first byte is that of another format is read as an isthmus file', async () => {
    // The first byte is part of the header's length; here it equals the first byte of HTML, JSON, pickle and ONNX files.
    for (const first of [0x3c, 0x7b, 0x5b, 0x80, 8]) {
      const header = text(`{"__metadata__":{"format":"isthmus"}${' '.repeat(1000)}`);
      const length = 256 + first;
      const file = new Uint8Array(8 + length);
      new DataView(file.buffer).setUint32(0, length, true);
      file.set(header.subarray(0, length - 1), 8);
      file[8 + length - 1] = 0x7d;
      await refused(() => loadModel(file), /"version" expected 1\.\.1, got undefined/, 'corrupt');
      await refused(() => loadModel(file.subarray(0, 200)), /a header of/, 'truncated');
    }
  });

  it('the error shows the status and the address of a failed response', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('<html></html>')).listen(0);
    try {
      const { port } = server.address() as AddressInfo;
      const url = new URL(`http://127.0.0.1:${port}/m.safetensors`);
      await each((_, loader) =>
        refused(() => loader(url as never), /got status 404 of http.*m\.safetensors/, 'truncated'),
      );
    } finally {
      server.close();
    }
  });
});

describe('sources', () => {
  it('every loader, and load of isthmus/slim, reads a file by its URL', async () => {
    await each(async (name, loader) => {
      const path = join(folder, `${name} é%.safetensors`);
      await writeFile(path, files[name]);
      await loader(pathToFileURL(path) as never);
      await assert.rejects(loader(pathToFileURL(`${path}x`) as never), { code: 'ENOENT' });
    });
    const engine = await load(new URL('.', import.meta.resolve('isthmus/wasm/infer.strict.wasm')));
    await loadModel(files.loadModel, { engine, layers: [dense] });
  });

  it('loaders and codecs refuse a transferred buffer and name the argument', async () => {
    const detached = files.loadModel.slice();
    const view = new DataView(detached.buffer);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const refusal = (name: string) => ({
      name: 'RangeError',
      message: new RegExp(`^"${name}" expected a buffer that is not transferred`),
    });
    for (const source of [detached, view, view.buffer]) {
      await each((_, loader) => assert.rejects(loader(source as never), refusal('source')));
      assert.throws(() => codec.decompress(source), refusal('bytes'));
      assert.throws(() => codec.open(source), refusal('bytes'));
      await assert.rejects(codec.decompressAsync(source), refusal('bytes'));
    }
  });

  it('the error shows how to turn a path into a URL', () =>
    each((_, loader) =>
      assert.rejects(loader('m.safetensors' as never), {
        name: 'TypeError',
        message: /bytes, a Response or a URL, such as new URL\(path, import\.meta\.url\), got "m\.safetensors"/,
      }),
    ));

  it('every loader reads a Blob, of which File is a subclass', () =>
    each(async (name, loader) => void (await loader(new Blob([files[name]]) as never))));
});

describe('maxBytes of loaders', () => {
  it('limits the bytes of the file', () =>
    each(async (name, loader) => {
      const { length } = files[name];
      for (const source of [() => files[name], () => new Blob([files[name]]), () => new Response(files[name])]) {
        await loader(source() as never, { maxBytes: length });
        await refused(
          () => loader(source() as never, { maxBytes: length - 1 }),
          new RegExp(`"source" expected at most ${length - 1} bytes, or a larger maxBytes, got ${length}`),
          'limit',
        );
      }
      await assert.rejects(loader(files[name] as never, { maxBytes: -1 }), { name: 'RangeError' });
      await assert.rejects(loader(files[name] as never, { maxBytes: 'many' }), { name: 'TypeError' });
    }));

  it('cancels a longer download', async () => {
    let [sent, cancelled] = [0, false];
    const body = () =>
      new ReadableStream(
        {
          pull(controller) {
            sent += 1000;
            controller.enqueue(new Uint8Array(1000));
          },
          cancel() {
            cancelled = true;
          },
        },
        { highWaterMark: 0 },
      );
    await each(async (_, loader) => {
      [sent, cancelled] = [0, false];
      await refused(() => loader(new Response(body()) as never, { maxBytes: 5000 }), /got 6000/, 'limit');
    });
    assert.equal(sent, 6000);
    assert.ok(cancelled);
  });

  it('limits the bytes of the weights plus one sample in the widest layer', async () => {
    const spec = {
      input: [1, 1],
      encoder: [isthmus.upSampling1d({ size: 4096 }), isthmus.maxPooling1d({ poolSize: 4096 })],
      decoder: [isthmus.dense({ units: 1 })],
    };
    const file = saveModel(await autoencoder(spec));
    const needed = 4096 * 4 + 2 * 16;
    assert.ok(file.length < needed);
    await loadModel(file, { maxBytes: needed });
    await refused(
      () => loadModel(file, { maxBytes: needed - 1 }),
      new RegExp(`"model" expected .*, got ${needed}`),
      'limit',
    );
  });
});
