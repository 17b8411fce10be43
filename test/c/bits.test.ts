// The C files of all layers, activations and bottlenecks give the bits of the models they were made from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Activation, Layer } from 'isthmus';
import { layerTranslations } from '../../src/c/layers.ts';
import * as isthmus from '../../src/index.ts';
import { activationCodes } from '../../src/layers/activations.ts';
import { bottleneckTable } from '../reference/bottleneck-table.ts';
import { layerTable } from '../reference/layer-table.ts';
import { needing } from '../runtimes/harness.ts';
import { type Isthmus, sameBits } from '../suites/assert.ts';
import { lackingCompiler, strict, type Toolchain } from './compile.ts';
import { type Comparison, compareBits, randomizeWeights, samples, unusual } from './models.ts';
import { randomModel } from './random-models.ts';

const { autoencoder, dense, flatten, reshape } = isthmus;
const missing = lackingCompiler('gcc');
const gcc: Toolchain = { compile: ['gcc', ...strict, '-O2'] };
const sanitized: Toolchain = {
  compile: ['gcc', ...strict, '-g', '-O1', '-fsanitize=undefined,address', '-fno-sanitize-recover=all'],
};
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A model of some layers, with a decoder that restores the shape of the input. */
async function modelOf(title: string, input: readonly number[], encoder: Layer[], latent?: Layer): Promise<Comparison> {
  const decoder = [dense({ units: 5, activation: 'tanh' }), flatten(), dense({ units: sizeOf(input) })];
  const spec = { input, encoder, ...(latent && { latent }), decoder: [...decoder, reshape({ targetShape: input })] };
  const model = await autoencoder(spec, { seed: 3 });
  randomizeWeights(model, 11);
  return { title, model, x: samples(3 * sizeOf(input), 5) };
}

const defaultShapes = [[1, 1, 1], [5, 3, 2], [4, 7, 9]] as const; // biome-ignore format: shapes

/** Every case of the table of layers, at some shapes. */
async function layerComparisons(
  shapes: readonly (readonly [number, number, number])[] = defaultShapes,
): Promise<Comparison[]> {
  const comparisons: Promise<Comparison>[] = [];
  for (const [type, { cases, signal }] of Object.entries(layerTable))
    for (const [title, make] of Object.entries(cases))
      for (const [height, width, channels] of shapes) {
        const input = [...(signal ? [height * width] : [height, width]), channels];
        const name = `${type}, ${title}, [${input}]`;
        const comparison = modelOf(name, input, [make(isthmus as unknown as Isthmus, input)]);
        comparisons.push(comparison.then((whole) => ({ ...whole, options: { part: 'encoder' } })));
      }
  return Promise.all(comparisons);
}

async function bottleneckComparisons(): Promise<Comparison[]> {
  const comparisons = Object.entries(bottleneckTable).flatMap(([type, cases]) =>
    Object.entries(cases).map(([title, { layer, activation = 'tanh' }]) =>
      modelOf(`${type}, ${title}`, [7], [dense({ units: 6, activation })], layer(isthmus as unknown as Isthmus)),
    ),
  );
  return Promise.all(comparisons);
}

/** Random architectures of `count` seeds from `first` on. */
const randomComparisons = (first: number, count: number): Promise<Comparison[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, i): Promise<Comparison> => {
      return { title: `seed ${first + i}`, ...(await randomModel(first + i)) };
    }),
  );

/** A comparison with the model that a file of a type gives back. */
const stored =
  (dtype: 'float16' | 'int8') =>
  async ({ title, model: written, x, options }: Comparison): Promise<Comparison> => {
    const model = await isthmus.loadModel(isthmus.saveModel(written, { dtype }));
    return { title: `${title}, ${dtype}`, model, written, x, options: { ...options, dtype } };
  };

/** A model that applies an activation to its input, with values where the branches of the formulas meet. */
async function activationComparison(activation: Activation): Promise<Comparison> {
  const points = [...unusual, ...[-87.3, 88, -20, -5, -1, -0.625, -0.62499, 0.625, 1e-3, 3, 20].map(Math.fround)];
  const x = Float32Array.from([...points, ...samples(4 * 28 - points.length, 8)]);
  const spec = { input: [28], encoder: [isthmus.activation({ activation })], decoder: [dense({ units: 28 })] };
  return { title: activation, model: await autoencoder(spec, { seed: 1 }), x };
}

describe('the table of translations to C', () => {
  it('has a row for each layer and each bottleneck, and no other', () => {
    assert.deepEqual(
      Object.keys(layerTranslations).sort(),
      [...Object.keys(layerTable), ...Object.keys(bottleneckTable)].sort(),
    );
  });
});

describe('toC, compiled, gives the bits of the model', () => {
  needing(missing, 'for each layer of the table', async () => compareBits(await layerComparisons(), gcc));

  needing(missing, 'for each bottleneck', async () => compareBits(await bottleneckComparisons(), gcc));

  needing(missing, 'for each activation, also of zeros, subnormal and extreme values', async () => {
    const names = Object.keys(activationCodes) as Activation[];
    compareBits(await Promise.all(names.map(activationComparison)), gcc);
  });

  needing(missing, 'for random architectures', async () => {
    compareBits(await randomComparisons(1, 60), gcc);
  });

  needing(missing, 'for ready-made specs after training', async () => {
    const { convAutoencoder, signalAutoencoder, variationalAutoencoder, denoisingAutoencoder, sparseAutoencoder } =
      isthmus;
    const specs = {
      conv: convAutoencoder({ input: [12, 12, 2], latent: 6 }),
      signal: signalAutoencoder({ input: [24, 3], latent: 4 }),
      variational: variationalAutoencoder({ input: [20], latent: 3 }),
      denoising: denoisingAutoencoder({ input: [12, 12, 1] }),
      sparse: sparseAutoencoder({ input: [20], latent: 40 }),
    };
    const comparisons = Object.entries(specs).map(async ([title, spec]): Promise<Comparison> => {
      const model = await autoencoder(spec, { seed: 6 });
      const x = samples(8 * sizeOf(spec.input), 9, false).map((v) => Math.abs(v / 4));
      await isthmus.fit(model, x, { epochs: 3, batchSize: 4, deterministic: true });
      return { title, model, x };
    });
    compareBits(await Promise.all(comparisons), gcc);
  });

  for (const dtype of ['float16', 'int8'] as const)
    needing(missing, `with kernels of ${dtype}, for each layer and for random architectures`, async () => {
      const models = await randomComparisons(501, 12);
      const all = [...(await layerComparisons([[4, 5, 3]])), ...(await bottleneckComparisons()), ...models];
      compareBits(await Promise.all(all.map(stored(dtype))), gcc);
    });

  needing(missing, 'where a bias is -0 and the padding of a convolution turns sums of -0 into 0', async () => {
    const window = { kernelSize: 3, padding: 'same' } as const;
    const layers = {
      conv2d: isthmus.conv2d({ filters: 5, ...window }),
      conv2dTranspose: isthmus.conv2dTranspose({ filters: 5, strides: 2, ...window }),
      depthwiseConv2d: isthmus.depthwiseConv2d({ depthMultiplier: 2, ...window }),
      dense: dense({ units: 5 }),
    };
    const comparisons = Object.entries(layers).map(async ([title, layer]): Promise<Comparison> => {
      const model = await autoencoder({ input: [4, 4, 2], encoder: [layer], decoder: [flatten(), dense({ units: 32 }), reshape({ targetShape: [4, 4, 2] })] }, { seed: 2 }); // biome-ignore format: spec
      const { data, shape } = model.weights['encoder.0.bias']!;
      // Products of -0 alone keep a sum of -0: the input has zeros of both signs.
      const kernel = model.weights['encoder.0.kernel']!;
      const negative = kernel.data.map((v, i) => (i % 5 < 3 ? -Math.abs(v) : v));
      model.setWeights({
        'encoder.0.bias': { shape, data: data.fill(-0) },
        'encoder.0.kernel': { ...kernel, data: negative },
      });
      const x = Float32Array.from({ length: 96 }, (_, i) => (i < 64 ? 0 : [-0, 0, 1e-30][i % 3]!));
      return { title, model, x };
    });
    const models = await Promise.all(comparisons);
    const signs = models.slice(0, 3).flatMap(({ model, x }) => [...model.encode(x)]);
    assert.ok(signs.some((v) => Object.is(v, -0)) && signs.some((v) => Object.is(v, 0)), 'zeros of both signs');
    compareBits(models, gcc);
  });

  needing(missing, 'for a model with a head, for a part, and without a decoder', async () => {
    const { model, x } = await modelOf('', [6], [dense({ units: 4, activation: 'relu' })], isthmus.kSparse({ k: 2 }));
    const head = await isthmus.addHead(model, [dense({ units: 3, activation: 'softmax' })], { seed: 4 });
    const encoder = await isthmus.loadModel(isthmus.saveModel(model, { part: 'encoder' }));
    compareBits(
      [
        { title: 'head', model: head, x },
        { title: 'encoder', model, x, options: { part: 'encoder' } },
        { title: 'decoder', model, x, options: { part: 'decoder' } },
        { title: 'without a decoder', model: encoder, x },
      ],
      gcc,
    );
  });

  needing(missing, 'with sanitizers for memory and undefined behaviour, which report nothing', async () => {
    const models = await randomComparisons(101, 20);
    compareBits([...models, ...(await bottleneckComparisons())], sanitized);
    compareBits(await Promise.all((await randomComparisons(121, 10)).map(stored('int8'))), sanitized);
  });

  needing(missing, 'with flags that let GCC fuse a product and a sum', async () => {
    // GCC 12 fused products and sums of seed 286 in spite of fp-contract=off.
    const models = [...(await randomComparisons(201, 20)), ...(await randomComparisons(286, 1))];
    compareBits(models, { compile: ['gcc', '-std=gnu99', '-O3', '-march=native'] });
  });

  needing(lackingCompiler('g++'), 'as C++', async () => {
    const [, ...warnings] = strict;
    compareBits(await randomComparisons(301, 10), { compile: ['g++', '-x', 'c++', '-std=c++17', ...warnings, '-O2'] });
  });
});

describe('the result of a model for a sample', () => {
  it('does not depend on the other samples of a batch', async () => {
    for (let seed = 401; seed < 431; seed++) {
      const { model, x } = await randomModel(seed);
      const size = sizeOf(model.inputShape);
      const many = Float32Array.from({ length: 40 * size }, (_, i) => x[i % x.length]!);
      const together = model.reconstruct(many);
      for (const at of [0, 1, 39])
        sameBits(
          model.reconstruct(many.subarray(at * size, (at + 1) * size)),
          together.subarray(at * size, (at + 1) * size),
          `seed ${seed}, sample ${at}`,
        );
    }
  });
});
