// load of isthmus/slim: the forms of a kernel module that it takes, and its errors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as isthmus from 'isthmus';
import * as slim from 'isthmus/slim';
import { sheetSamples } from '../suites/assert.ts';

const { autoencoder, conv2d, createCodec, dense, fit, gaussianNoise, load, loadModel, saveModel } = slim;
const bytes = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(`isthmus/wasm/${name}.wasm`))));
const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
const x = sheetSamples(100, 20);
const infer = bytes('infer.strict');
const train = bytes('train.strict');
const message = (text: RegExp, name = 'TypeError') => ({ name, message: text });

describe('load', () => {
  it('takes a module, bytes, a buffer, a response and promises of them', async () => {
    const expected = (
      await isthmus.autoencoder(
        { ...spec, encoder: [isthmus.dense({ units: 4 })], decoder: [isthmus.dense({ units: 20 })] },
        { seed: 1 },
      )
    ).encode(x);
    const forms = [new WebAssembly.Module(infer), infer, infer.buffer, new Response(infer), Promise.resolve(infer)];
    for (const form of forms) {
      const model = await autoencoder(spec, { seed: 1, engine: await load({ infer: form }) });
      assert.deepEqual(model.encode(x), expected);
    }
  });

  it('without relaxed kernels, training gives the bits of deterministic mode', async () => {
    const train4 = async (kernels: slim.KernelSources, options: object): Promise<Uint8Array> => {
      const model = await autoencoder(spec, { seed: 1, engine: await load(kernels) });
      await fit(model, x, { epochs: 2, ...options });
      return saveModel(model);
    };
    const strict = await train4({ infer, train }, { deterministic: true });
    assert.deepEqual(await train4({ infer, train }, {}), strict);
    const relaxed = { infer: bytes('infer.relaxed'), train: bytes('train.relaxed') };
    assert.notDeepEqual(await train4({ infer, train, relaxed }, {}), strict);
    assert.deepEqual(await train4({ infer, train, relaxed }, { deterministic: true }), strict);
  });

  it('requests each file once, when a model first needs it', async () => {
    const requested: string[] = [];
    const engine = await load((file) => {
      requested.push(file);
      return bytes(file.replace('.wasm', ''));
    });
    assert.deepEqual(requested, ['infer.strict.wasm']);
    const models = await Promise.all([1, 2].map((seed) => autoencoder(spec, { seed, engine })));
    assert.deepEqual(requested, ['infer.strict.wasm']);
    for (const model of models)
      await fit(model, x, { deterministic: true, corruption: gaussianNoise({ stddev: 0.1 }) });
    assert.deepEqual(requested.sort(), ['corrupt.strict.wasm', 'infer.strict.wasm', 'train.strict.wasm']);
    const codec = await createCodec(models[0]!, x, { maxError: 0.01 });
    assert.equal(codec.decompress(codec.compress(x)).length, x.length);
    assert.deepEqual(requested.slice(3).sort(), ['codec.strict.wasm', 'residual.strict.wasm']);
  });

  it('the error names the missing module and its file', async () => {
    const engine = await load({ infer });
    const model = await autoencoder(spec, { engine });
    const missing = (option: string, file = option) =>
      message(
        new RegExp(
          `^"kernels\\.${option}" expected isthmus/wasm/${file}\\.strict\\.wasm as a module, bytes, a Response or a URL, got undefined$`,
        ),
      );
    await assert.rejects(() => fit(model, x), missing('train'));
    await assert.rejects(() => createCodec(model, x, { maxError: 1 }), missing('codec'));
    const wide = {
      input: [4, 4, 1],
      encoder: [conv2d({ filters: 1, kernelSize: 3, padding: 'same' as const })],
      decoder: [conv2d({ filters: 1, kernelSize: 3, padding: 'same' as const })],
    };
    await assert.rejects(() => autoencoder(wide, { engine }), missing('convolution'));
    await assert.rejects(() => load({} as slim.KernelSources), missing('infer'));
    assert.equal(model.encode(x).length, 400, 'the model is unchanged');
  });

  it('refuses a path, another module, truncated bytes, a failed response and unknown options', async () => {
    await assert.rejects(
      () => load({ infer: 'infer.wasm' as unknown as object }),
      message(/"kernels.infer" expected isthmus.*got "infer.wasm"/),
    );
    await assert.rejects(
      () => load({ infer: train }),
      message(/"kernels.infer" expected .*infer.strict.wasm, which exports gemm, got "another module"/, 'RangeError'),
    );
    await assert.rejects(() => load({ infer: infer.subarray(0, 200) }), {
      name: 'FormatError',
      code: 'corrupt',
      message: /"kernels.infer" expected/,
    });
    await assert.rejects(() => load({ infer: new Response('', { status: 404 }) }), {
      name: 'FormatError',
      code: 'truncated',
      message: /got status 404/,
    });
    await assert.rejects(
      () => load({ infer, trian: train } as slim.KernelSources),
      message(/"kernels" expected no other options than infer, train.*got "trian"/),
    );
    await assert.rejects(
      () => load({ infer, relaxed: { latent: train } } as slim.KernelSources),
      message(/"kernels.relaxed" expected no other options/),
    );
    await assert.rejects(
      () => load(undefined as unknown as slim.KernelSources),
      message(/"kernels" expected an object, got undefined/),
    );
  });

  it('a failed request is repeated at the next call', async () => {
    let broken = true;
    const engine = await load((file) =>
      broken && file.startsWith('train') ? new Response('', { status: 503 }) : bytes(file.replace('.wasm', '')),
    );
    const model = await autoencoder(spec, { engine });
    await assert.rejects(() => fit(model, x), { name: 'FormatError' });
    broken = false;
    assert.equal((await fit(model, x)).epoch, 1);
  });

  it('models need the engine that load resolves to, and loaders also need the layer factories', async () => {
    const engine = await load({ infer });
    const untyped = slim as unknown as typeof isthmus;
    await assert.rejects(
      () => untyped.autoencoder(spec),
      message(/^"engine" expected what load\(\) of isthmus\/slim resolves to, got undefined$/),
    );
    const file = saveModel(await autoencoder(spec, { engine }));
    await assert.rejects(
      () => untyped.loadModel(file, { engine }),
      message(/^"layers" expected the layer factories that the file may use, such as \[dense\], got undefined$/),
    );
    assert.deepEqual(saveModel(await loadModel(file, { engine, layers: [dense] })), file);
  });
});
