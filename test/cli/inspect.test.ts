// `isthmus inspect` on files of each command and of other tools.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { encode as encodePng } from 'fast-png';
import {
  anomalyDetector,
  autoencoder,
  createCodec,
  denseAutoencoder,
  quantize,
  saveModel,
  writeSafetensors,
} from 'isthmus';
import { isthmus, temporaryFolder } from './command.ts';
import { npyBytes, tableText } from './data.ts';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);

/** The description of a file as JSON. */
async function describeFile(name: string) {
  const { code, stdout, stderr } = await isthmus(['inspect', name, '--json'], { folder });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).files[0];
}

before(async () => {
  const model = await autoencoder(denseAutoencoder({ input: [4], latent: 2 }), { seed: 1 });
  const x = Float32Array.from({ length: 4 * 300 }, (_, i) => Math.sin(i / 3));
  const codec = await createCodec(model, x, { maxError: 0.01 });
  writeFileSync(path('model.safetensors'), saveModel(model, { dtype: 'float16' }));
  writeFileSync(path('small.safetensors'), saveModel(await quantize(model, x)));
  writeFileSync(path('codec.safetensors'), codec.save());
  writeFileSync(path('codec.compressed'), codec.compress(x));
  writeFileSync(path('detector.safetensors'), (await anomalyDetector(model, x)).save());
  const torch = {
    'fc.weight': { shape: [2, 3], data: new Float32Array(6) },
    'fc.bias': { shape: [2], data: new Float32Array(2) },
  };
  writeFileSync(path('torch.safetensors'), writeSafetensors(torch));
  writeFileSync(path('complex.npy'), npyBytes('<c16', [3, 2], new Float64Array(12)));
  writeFileSync(path('table.csv'), tableText(200));
  const picture = encodePng({ width: 6, height: 4, channels: 4, data: new Uint8Array(96) });
  writeFileSync(path('picture.png'), picture);
  writeFileSync(path('cut.png'), picture.subarray(0, picture.length - 20));
  const clock = Array.from({ length: 48 }, (_, i) => `${String(i % 24).padStart(2, '0')}:30,${i % 9 ? i % 7 : -200}`);
  writeFileSync(path('clock.csv'), `time,level\n${clock.join('\n')}\n`);
  writeFileSync(
    path('numbers.f32'),
    Float32Array.from({ length: 64 }, (_, i) => Math.sin(i) * 40),
  );
  writeFileSync(
    path('bytes.bin'),
    Uint8Array.from({ length: 256 }, (_, i) => (i * 151 + 129) & 255),
  );
  copyFileSync(new URL('../vectors/parquet/readings.parquet', import.meta.url), path('table.parquet'));
  for (const args of [
    ['compress', 'table.csv', '--max-error', '0.01'],
    ['detect', 'table.csv', '--save', 'series.safetensors', '--plot', 'none'],
    ['train', 'table.csv', '--epochs', '1', '-o', 'model.onnx'],
    ['train', 'table.csv', '--epochs', '1', '-o', 'model.c'],
  ]) {
    const { code, stderr } = await isthmus([...args, '-q'], { folder });
    assert.equal(code, 0, stderr);
  }
});

describe('isthmus inspect', () => {
  const cases: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'model.safetensors': { kind: 'a model of isthmus', input: [4], code: [2], weights: 'float16' },
    'small.safetensors': { kind: 'a model of isthmus', code: [2], weights: 'float32, int8' },
    'codec.safetensors': { kind: 'a codec of isthmus', mode: 'bounded', sample: [4] },
    'codec.compressed': { kind: 'compressed data of isthmus', guarantee: 'maximum error', target: 0.01, sample: [4] },
    'detector.safetensors': { kind: 'an anomaly detector of isthmus', 'false positive rate': 0.01 },
    'series.safetensors': { kind: 'an anomaly detector of isthmus', columns: 'speed, flow, pressure, temperature' },
    'torch.safetensors': {
      kind: 'tensors in the format safetensors, not of isthmus',
      origin: 'PyTorch, by the names of the tensors',
    },
    'table.csv.isth': { kind: 'a table of 200 rows and 5 columns, compressed by isthmus' },
    'model.onnx': {
      kind: 'a model in the format ONNX',
      opset: 17,
      'IR version': 8,
      inputs: 'x [N, 4]',
      outputs: 'y [N, 4]',
    },
    'model.c': { kind: 'inference of an autoencoder in C99, written by isthmus' },
    'complex.npy': { kind: 'an array of NumPy, not of real numbers', shape: [3, 2], type: '<c16' },
    'picture.png': { kind: 'a PNG picture', width: 6, height: 4, colors: 'RGB and alpha' },
    'cut.png': { note: 'truncated: its end is missing' },
    'table.parquet': { kind: 'a table (parquet)', rows: 60 },
    'clock.csv': {
      uses: [
        'isthmus compress clock.csv --max-error 0.01',
        'isthmus detect clock.csv',
        'isthmus train clock.csv --missing -200 -o model.safetensors',
      ],
    },
    'numbers.f32': {
      kind: 'a file of an unknown format',
      note: 'the bytes can be float32 numbers without a header',
      uses: ['isthmus compress numbers.f32 --raw float32 --shape 64 --max-error 0.01'],
    },
    'bytes.bin': { kind: 'a file of an unknown format', note: undefined, uses: [] },
  };
  for (const [name, expected] of Object.entries(cases))
    it(`describes ${name}`, async () => {
      const described = await describeFile(name);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(described[key], value, JSON.stringify(described));
      assert.equal(described.bytes, readFileSync(path(name)).length);
    });

  it('shows times of the day without a date', async () => {
    const { stdout } = await isthmus(['inspect', 'clock.csv'], { folder });
    assert.match(stdout, /\n {2}time +time +00:30 +23:30\n/);
  });

  it('prints text that has the same facts', async () => {
    const { stdout } = await isthmus(['inspect', 'model.safetensors'], { folder });
    assert.match(stdout, /^model\.safetensors: a model of isthmus, .*\n {2}input +4\n {2}code +2\n/);
    assert.match(stdout, /isthmus encode model\.safetensors DATA -o codes\.npy/);
  });
});
