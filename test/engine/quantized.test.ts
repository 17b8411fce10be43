// Quantized layers have the bits of the reference in test/reference/quantized.ts, at odd sizes, alone and in sequence.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  activation,
  type Layer,
  quantizedConv1d,
  quantizedConv2d,
  quantizedConv2dTranspose,
  quantizedDense,
  quantizedDepthwiseConv2d,
  type Weights,
} from '../../src/index.ts';
import { convolve, dense, type Ending, rangeOf, sigmoid, toIntegers, type Window } from '../reference/quantized.ts';
import { assertBits, modelOf, samplesOf } from './quantized-models.ts';

type Shape3 = readonly [number, number, number];

const ending = (weights: Weights, path: string, more: Partial<Ending> = {}): Ending => ({ weights, path, ...more });

describe('quantizedDense', () => {
  for (const rows of [1, 2, 3, 4, 5, 7, 8, 33, 130]) {
    it(`gives the bits of plain sums for ${rows} rows`, async () => {
      for (const [inputs, units] of [[1, 1], [2, 3], [7, 8], [8, 9], [17, 16], [33, 21], [130, 5]] as const) {
        for (const relu of [false, true]) {
          const layer = quantizedDense({ units, ...(relu && { activation: 'relu' as const }) });
          const model = await modelOf([inputs], [layer], rows * inputs + units);
          const { weights } = model;
          const x = samplesOf(rows * inputs, units);
          const integers = toIntegers(x, rangeOf(weights, 'encoder.0'));
          assertBits(model.encode(x), dense(integers, ending(weights, 'encoder.0', { relu })), `${inputs}×${units}`);
        }
      }
    }); // biome-ignore format: sizes
  }

  it('reads samples with several axes over the last one', async () => {
    const model = await modelOf([3, 5, 7], [quantizedDense({ units: 4 })], 3);
    const x = samplesOf(2 * 105, 4);
    const integers = toIntegers(x, rangeOf(model.weights, 'encoder.0'));
    assertBits(model.encode(x), dense(integers, ending(model.weights, 'encoder.0')), 'three axes');
  });

  it('writes integers for the next quantized layer, and floats for other layers', async () => {
    for (const between of [[], [activation({ activation: 'linear' })]]) {
      const layers = [quantizedDense({ units: 11, activation: 'relu' }), ...between, quantizedDense({ units: 6 })];
      const model = await modelOf([13], layers, 5);
      const { weights } = model;
      const x = samplesOf(9 * 13, 6);
      const last = `encoder.${layers.length - 1}`;
      const next = rangeOf(weights, last);
      const first = toIntegers(x, rangeOf(weights, 'encoder.0'));
      const middle = between.length
        ? toIntegers(dense(first, ending(weights, 'encoder.0', { relu: true })), next)
        : dense(first, ending(weights, 'encoder.0', { relu: true, next }));
      assertBits(model.encode(x), dense(middle, ending(weights, last)), `${between.length} layers between`);
    }
  });

  it('has a sigmoid with an error below 2e-5', async () => {
    const model = await modelOf([1], [quantizedDense({ units: 1, activation: 'sigmoid' })], 1);
    const tensor = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
    model.setWeights({
      'encoder.0.kernel': { shape: [1, 1], data: Float32Array.of(127) },
      'encoder.0.kernel.scale': tensor(0.25 / 127),
      'encoder.0.bias': tensor(0.1),
      'encoder.0.input': { shape: [2], data: Float32Array.of(0.5, -128) },
    });
    const x = Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 8);
    const { weights } = model;
    const sums = dense(toIntegers(x, rangeOf(weights, 'encoder.0')), ending(weights, 'encoder.0'));
    const y = model.encode(x);
    assertBits(y, sums.map(sigmoid), 'sigmoid');
    assert.ok(y.every((value, i) => Math.abs(value - 1 / (1 + Math.exp(-sums[i]!))) < 2e-5));
  });

  it('applies any other activation as the layer activation does', async () => {
    for (const name of ['elu', 'tanh', 'softmax', 'gelu'] as const) {
      const fused = await modelOf([9], [quantizedDense({ units: 5, activation: name })], 7);
      const apart = await modelOf([9], [quantizedDense({ units: 5 }), activation({ activation: name })], 7);
      const x = samplesOf(4 * 9, 8);
      assertBits(fused.encode(x), [...apart.encode(x)], name);
      // A third layer that reads the integers of the activation.
      const chain = [quantizedDense({ units: 5, activation: name }), quantizedDense({ units: 3 })];
      const chained = await modelOf([9], chain, 7);
      const middle = toIntegers(fused.encode(x), rangeOf(chained.weights, 'encoder.1'));
      assertBits(chained.encode(x), dense(middle, ending(chained.weights, 'encoder.1')), `${name}, integers`);
    }
  });

  it('clamps values beyond the range and infinite sums to the ends of the range', async () => {
    const model = await modelOf([3], [quantizedDense({ units: 2 })], 9);
    const x = Float32Array.of(3e38, -3e38, 1e-38, 1e9, -1e9, 0);
    const integers = toIntegers(x, rangeOf(model.weights, 'encoder.0'));
    assertBits(model.encode(x), dense(integers, ending(model.weights, 'encoder.0')), 'extreme values');
  });
});

interface ConvCase {
  readonly input: Shape3;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly window: Window;
  readonly rows: number;
}

const convCases: readonly ConvCase[] = [
  { input: [5, 6, 1], channels: 4, kernel: [3, 3], window: { kind: 'conv', same: true }, rows: 3 },
  { input: [7, 5, 3], channels: 9, kernel: [3, 2], window: { kind: 'conv', strides: [2, 1] }, rows: 2 },
  { input: [9, 8, 8], channels: 16, kernel: [3, 3], window: { kind: 'conv', same: true, strides: [2, 2] }, rows: 5 },
  { input: [9, 9, 5], channels: 8, kernel: [2, 3], window: { kind: 'conv', same: true, dilation: [2, 3] }, rows: 2 },
  { input: [6, 6, 16], channels: 1, kernel: [3, 3], window: { kind: 'conv', same: true }, rows: 3 },
  { input: [2, 2, 5], channels: 3, kernel: [2, 2], window: { kind: 'conv' }, rows: 3 },
  { input: [2, 3, 7], channels: 2, kernel: [1, 1], window: { kind: 'conv' }, rows: 1 },
  { input: [70, 70, 9], channels: 12, kernel: [5, 5], window: { kind: 'conv', same: true }, rows: 1 },
  { input: [1, 4001, 9], channels: 5, kernel: [1, 7], window: { kind: 'conv', same: true }, rows: 2 },
  { input: [4, 3, 5], channels: 7, kernel: [3, 3], window: { kind: 'transposed', same: true, strides: [2, 2] }, rows: 3 },
  { input: [4, 4, 8], channels: 16, kernel: [3, 3], window: { kind: 'transposed', same: true, strides: [2, 2] }, rows: 6 },
  { input: [3, 4, 3], channels: 2, kernel: [2, 5], window: { kind: 'transposed', strides: [3, 2] }, rows: 2 },
  { input: [3, 3, 4], channels: 5, kernel: [1, 2], window: { kind: 'transposed', strides: [2, 3] }, rows: 2 },
  { input: [4, 5, 3], channels: 6, kernel: [3, 2], window: { kind: 'transposed', dilation: [2, 2] }, rows: 2 },
  { input: [6, 5, 5], channels: 5, kernel: [3, 3], window: { kind: 'depthwise', same: true }, rows: 3 },
  { input: [7, 6, 16], channels: 16, kernel: [3, 2], window: { kind: 'depthwise', strides: [2, 2] }, rows: 2 },
  { input: [6, 6, 3], channels: 9, kernel: [2, 2], window: { kind: 'depthwise', same: true }, rows: 2 },
]; // biome-ignore format: a table

const pair = (value: readonly [number, number] = [1, 1]): [number, number] => [value[0], value[1]];

function layerOf({ input, channels, kernel, window }: ConvCase, relu: boolean): Layer {
  const common = {
    kernelSize: pair(kernel),
    strides: pair(window.strides),
    dilationRate: pair(window.dilation),
    padding: window.same ? ('same' as const) : ('valid' as const),
    ...(relu && { activation: 'relu' as const }),
  };
  if (window.kind === 'depthwise') return quantizedDepthwiseConv2d({ ...common, depthMultiplier: channels / input[2] });
  const factory = window.kind === 'conv' ? quantizedConv2d : quantizedConv2dTranspose;
  return factory({ ...common, filters: channels });
}

/** The twin's outputs for all samples. */
function expectedOf(
  { input, window, rows }: ConvCase,
  output: Shape3,
  integers: readonly number[],
  end: Ending,
): number[] {
  const size = input[0] * input[1] * input[2];
  return Array.from({ length: rows }, (_, r) =>
    convolve(integers.slice(r * size, (r + 1) * size), input, output, window, end),
  ).flat();
}

describe('quantized convolutions', () => {
  for (const one of convCases) {
    const { input, channels, kernel, window, rows } = one;
    const name = `${window.kind}, ${input.join('×')} by ${kernel.join('×')} to ${channels} channels`;
    it(`give the bits of plain sums: ${name}`, async () => {
      for (const relu of [false, true]) {
        const model = await modelOf(input, [layerOf(one, relu)], channels);
        const { weights, latentShape } = model;
        const x = samplesOf(rows * input[0] * input[1] * input[2], channels);
        const integers = toIntegers(x, rangeOf(weights, 'encoder.0'));
        const expected = expectedOf(
          one,
          latentShape as unknown as Shape3,
          integers,
          ending(weights, 'encoder.0', { relu }),
        );
        assertBits(model.encode(x), expected, relu ? 'relu' : 'linear');
      }
    });

    it(`write integers for the next layer: ${name}`, async () => {
      const model = await modelOf(
        input,
        [layerOf(one, true), quantizedConv2d({ filters: 2, kernelSize: 1 })],
        channels,
      );
      const { weights, latentShape } = model;
      const x = samplesOf(rows * input[0] * input[1] * input[2], channels);
      const integers = toIntegers(x, rangeOf(weights, 'encoder.0'));
      const shape = [latentShape[0]!, latentShape[1]!, channels] as const;
      const next = rangeOf(weights, 'encoder.1');
      const middle = expectedOf(one, shape, integers, ending(weights, 'encoder.0', { relu: true, next }));
      const last = { input: shape, channels: 2, kernel: [1, 1], window: { kind: 'conv' }, rows } as const;
      assertBits(
        model.encode(x),
        expectedOf(last, [shape[0], shape[1], 2], middle, ending(weights, 'encoder.1')),
        name,
      );
    });
  }

  it('run over signals as over images of height 1', async () => {
    const model = await modelOf([31, 3], [quantizedConv1d({ filters: 5, kernelSize: 4, strides: 2, padding: 'same' })], 2);
    const { weights, latentShape } = model;
    const x = samplesOf(3 * 93, 3);
    const one = { input: [1, 31, 3], channels: 5, kernel: [1, 4], window: { kind: 'conv', same: true, strides: [1, 2] }, rows: 3 } as const;
    const integers = toIntegers(x, rangeOf(weights, 'encoder.0'));
    assertBits(model.encode(x), expectedOf(one, [1, latentShape[0]!, 5], integers, ending(weights, 'encoder.0')), 'signal');
  }); // biome-ignore format: a case

  it('give the same bits alone and in a batch', async () => {
    const layers = [
      quantizedConv2d({ filters: 9, kernelSize: 3, padding: 'same', activation: 'relu' }),
      quantizedConv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
    ];
    const model = await modelOf([6, 6, 2], layers, 4);
    const x = samplesOf(11 * 72, 5);
    const alone = Array.from({ length: 11 }, (_, i) => [...model.encode(x.slice(i * 72, (i + 1) * 72))]);
    assertBits(model.encode(x), alone.flat(), 'batch of 11');
  });
});

describe('weights of quantized layers', () => {
  it('are read as they were set', async () => {
    for (const one of convCases) {
      const model = await modelOf(one.input, [layerOf(one, false)], 8);
      const { weights } = model;
      model.setWeights(weights);
      assert.deepEqual(model.weights, weights, JSON.stringify(one));
      const { data } = weights['encoder.0.kernel']!;
      assert.ok(data.some((value) => value < -100) && data.every((value) => Number.isInteger(value)));
    }
  });

  it('are refused unless they are integers of 8 bits', async () => {
    const model = await modelOf([3], [quantizedDense({ units: 2 })], 8);
    const before = model.weights;
    for (const wrong of [0.5, 128, -128, 1e30]) {
      const data = Float32Array.of(1, 2, 3, 4, wrong, 6);
      assert.throws(
        () => model.setWeights({ 'encoder.0.kernel': { shape: [3, 2], data } }),
        /^RangeError: "weights\["encoder\.0\.kernel"\]\.data\[4\]" expected integer -127\.\.127, got/,
      );
    }
    assert.deepEqual(model.weights, before);
  });

  it('take a byte each, with zeros up to whole panels', async () => {
    const model = await modelOf([784], [quantizedDense({ units: 64 })], 8);
    const network = (model as unknown as Record<symbol, { network: { weightBytes: number } }>)[Symbol.for('isthmus.engine')]!.network;
    assert.equal(network.weightBytes, 784 * 64 + 64 * 4 * 2 + 16);
  }); // biome-ignore format: a long cast

  it('are in the summary, and none of them is trainable', async () => {
    const model = await modelOf([784], [quantizedDense({ units: 64 })], 8);
    assert.equal(model.parameterCount, 0);
    assert.match(
      model.summary(),
      /quantizedDense +\[64\] +50306\n-+\n0 parameters, 50176 weights of 8 bits, latent \[64\]$/,
    );
  });

  it('refuse sums that could overflow 32 bits', async () => {
    await assert.rejects(
      modelOf([32897], [quantizedDense({ units: 1 })], 1),
      /^RangeError: "encoder\[0\]" expected at most 32896 products in a sum, got 32897/,
    );
    await assert.rejects(
      modelOf([64, 64, 1024], [quantizedConv2d({ filters: 1, kernelSize: 6 })], 1),
      /^RangeError: "encoder\[0\]" expected at most 32896 products in a sum, got 36864/,
    );
  });
});
