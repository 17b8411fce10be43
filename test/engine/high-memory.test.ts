// Models above 2 GB of their memory, where JavaScript reads an address as a negative i32: they give the same bits as below 2 GB.
// The system allocates pages of the memory when they are written, so a test needs only some megabytes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Engine, type EngineFactory, inferenceSources } from '../../src/engine/engine.ts';
import * as isthmus from '../../src/index.ts';
import type { Kernels } from '../../src/wasm/kernels.ts';
import { cachedModule, instantiateAll } from '../../src/wasm/load.ts';
import { Memory } from '../../src/wasm/memory.ts';
import { noise } from '../kernels/harness.ts';

const START = 2 ** 31 + 2 ** 20;

class HighEngine extends Engine {
  static readonly factory: EngineFactory = {
    name: 'high',
    async create(network, input, seed, others) {
      const memory = new Memory(new WebAssembly.Memory({ initial: START / 65536 + 1 }), START);
      const kernels = await instantiateAll<Kernels>([...inferenceSources(network), ...others], memory.wasm);
      memory.ensure(memory.parameters + network.weightBytes, 'model');
      return new HighEngine(network, input, seed, memory, kernels, {
        factory: HighEngine.factory,
        moduleOf: cachedModule,
      });
    },
  };
}

const { autoencoder, conv1d, conv2d, conv2dTranspose, createCodec, dense, fit, loadCodec } = isthmus;
const { depthwiseConv2d, flatten, maxPooling2d, reshape, residual, skip, upSampling2d } = isthmus;

const dense20: isthmus.AutoencoderSpec = {
  input: [20],
  encoder: [dense({ units: 8, activation: 'tanh' }), dense({ units: 3 })],
  decoder: [dense({ units: 8, activation: 'gelu' }), dense({ units: 20 })],
};
const picture: isthmus.AutoencoderSpec = {
  input: [8, 8, 2],
  encoder: [
    conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
    isthmus.batchNormalization(),
    maxPooling2d({ poolSize: 2 }),
    depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
    residual({ layers: [conv2d({ filters: 5, kernelSize: 1 }), isthmus.dropout({ rate: 0.2 })] }),
    isthmus.layerNormalization(),
  ],
  decoder: [
    skip({ layers: [isthmus.averagePooling2d({ poolSize: 2 }), upSampling2d({ size: 2, interpolation: 'bilinear' })] }),
    conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
  ],
};
const specs: Readonly<Record<string, isthmus.AutoencoderSpec>> = {
  'a dense model': dense20,
  'a model of pictures': picture,
  'a model of signals': {
    input: [16, 3],
    encoder: [conv1d({ filters: 4, kernelSize: 3, padding: 'same' }), flatten(), dense({ units: 6 })],
    decoder: [dense({ units: 48 }), reshape({ targetShape: [16, 3] })],
  },
  'a variational model': { ...dense20, latent: isthmus.variational({ units: 2 }) },
  'a sparse model': { ...dense20, latent: isthmus.kSparse({ k: 2 }) },
  'a rounded model': { ...dense20, latent: isthmus.quantized({ step: 0.5 }) },
};

const same = (a: ArrayBufferView, b: ArrayBufferView, name: string): void =>
  assert.ok(Buffer.compare(Buffer.from(a.buffer.slice(0)), Buffer.from(b.buffer.slice(0))) === 0, name);

describe('models above 2 GB of their memory', () => {
  for (const [name, spec] of Object.entries(specs))
    it(`${name} trains and runs as it does below 2 GB`, async () => {
      const size = spec.input.reduce((a, b) => a! * b!, 1)!;
      const x = noise(40 * size, 5).map((v) => 0.5 + 0.5 * v);
      const made = async (engine?: EngineFactory) => {
        const model = await autoencoder(spec, { seed: 4, ...(engine && { engine }) });
        const corruption = [isthmus.gaussianNoise({ stddev: 0.1 }), isthmus.maskingNoise({ rate: 0.1 })];
        const rate = spec.latent?.type === 'quantized' ? { rateWeight: 0.01 } : {};
        await fit(model, x, { epochs: 2, batchSize: 16, deterministic: true, corruption, clipNorm: 1, ...rate });
        return { y: model.reconstruct(x), loss: isthmus.evaluate(model, x).loss };
      };
      const [low, high] = [await made(), await made(HighEngine.factory)];
      same(low.y, high.y, 'reconstructions');
      assert.equal(high.loss, low.loss);
    });

  for (const [name, options] of Object.entries({
    plain: { step: 0.01 },
    'plain, with lower bits and escapes': { step: 1e-5 },
    bounded: { maxError: 0.01 },
    lossless: { lossless: true },
  }))
    it(`a codec writes and reads the bytes that it does below 2 GB: ${name}`, async () => {
      const floats = noise(60 * 20, 3).map((v, i) => v * (i % 37 === 36 ? 30 : 1));
      const x = name === 'lossless' ? Uint8Array.from(floats, (v) => 128 + 100 * v) : floats;
      const made = async (engine?: EngineFactory) => {
        const model = await autoencoder(dense20, { seed: 4, ...(engine && { engine }) });
        const codec = await createCodec(model, x.subarray(0, 20 * 20), options);
        const bytes = codec.compress(x);
        const back = await loadCodec(codec.save(), engine ? { engine } : {});
        return { file: codec.save(), bytes, y: back.decompress(bytes) };
      };
      const [low, high] = [await made(), await made(HighEngine.factory)];
      same(low.file, high.file, 'files');
      same(low.bytes, high.bytes, 'bytes');
      same(low.y, high.y, 'values');
      assert.ok(process.memoryUsage().rss < 2 ** 30, `${process.memoryUsage().rss} bytes are resident`);
    });

  it('no kernel returns an address or another unsigned number, which JavaScript would read as signed', () => {
    const folder = new URL('../../assembly/', import.meta.url);
    const sources = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.ts'));
    const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
    const lists = sources.filter((path) => !path.includes('/')).map(read);
    const exported = lists.flatMap((text) =>
      [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) => names!.split(',')),
    );
    const own = ['infer.ts', 'train.ts', 'tfjs.ts'].map(read).join('\n');
    const results = new Map(
      sources.flatMap((path) =>
        [...read(path).matchAll(/export function (\w+)\(([^{]*?)\): (\w+) \{/g)].map(([, kernel, , type]) => [
          kernel,
          type,
        ]),
      ),
    );
    const kernels = [...exported, ...[...own.matchAll(/export function (\w+)/g)].map(([, kernel]) => kernel!)];
    assert.ok(kernels.length > 60, `${kernels.length} kernels`);
    for (const kernel of kernels.map((one) => one.trim()).filter(Boolean)) {
      const type = results.get(kernel);
      assert.ok(type, `${kernel} has no result that this test can read`);
      assert.ok(['void', 'i32', 'f32', 'f64', 'bool'].includes(type), `${kernel} returns ${type}`);
    }
  });
});
