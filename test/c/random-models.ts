// Random architectures: layers of all kinds in a random order, with random options and odd sizes.
import type { Activation, Layer } from 'isthmus';
import * as isthmus from '../../src/index.ts';
import { uniformFromSeed } from '../../tools/linear-congruential.ts';
import { randomizeWeights, samples } from './models.ts';

type Shape = readonly number[];
type Model = Awaited<ReturnType<typeof isthmus.autoencoder>>;

const activations: readonly Activation[] = [
  ...(['linear', 'relu', 'leakyRelu', 'elu', 'selu', 'sigmoid'] as const),
  ...(['tanh', 'softplus', 'swish', 'gelu', 'softmax'] as const),
];

/** Random choices from a seed. */
class Choices {
  readonly #random: () => number;
  constructor(seed: number) {
    // The first numbers of neighbouring seeds are alike, unless the seeds are spread.
    this.#random = uniformFromSeed(Math.imul(seed, 0x9e3779b1));
  }
  integer(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }
  of<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }
}

/** Layers for inputs of any shape, by a random choice. */
function anyLayer(choices: Choices, shape: Shape, depth: number): Layer {
  const activation = choices.of(activations);
  const epsilon = choices.of([1e-5, 0.001, 0.1]);
  const affine = { epsilon, center: choices.of([true, false]), scale: choices.of([true, false]) };
  const makers = [
    () => isthmus.dense({ units: choices.integer(1, 9), activation, useBias: choices.of([true, false]) }),
    () => isthmus.activation({ activation }),
    () => isthmus.batchNormalization(affine),
    () => isthmus.layerNormalization(affine),
    () => isthmus.normalization({ invert: choices.of([true, false]) }),
    () => isthmus.dropout({ rate: 0.2 }),
    () => isthmus.gaussianNoise({ stddev: 0.2 }),
    () => isthmus.reshape({ targetShape: [...shape].reverse() }),
    () =>
      isthmus.residual({ layers: [...innerLayers(choices, shape, depth), isthmus.dense({ units: shape.at(-1)! })] }),
    () => isthmus.skip({ layers: innerLayers(choices, shape, depth) }),
  ];
  return choices.of(depth > 1 ? makers.slice(0, -2) : makers)();
}

/** Layers that change the last axis only. */
function innerLayers(choices: Choices, shape: Shape, depth: number): Layer[] {
  const convolution = { filters: choices.integer(1, 9), kernelSize: choices.integer(1, 4), padding: 'same' } as const;
  const layers: Layer[] = [anyLayer(choices, [...shape.slice(0, -1), shape.at(-1)!], depth + 1)];
  if (layers[0]!.type === 'reshape') layers.pop();
  if (shape.length === 3) layers.push(isthmus.conv2d(convolution));
  if (shape.length === 2) layers.push(isthmus.conv1d(convolution));
  return layers.length ? layers : [isthmus.dense({ units: shape.at(-1)! })];
}

function windowOptions(choices: Choices, dimensions: number) {
  const size = (high: number) =>
    dimensions === 1 ? choices.integer(1, high) : ([choices.integer(1, high), choices.integer(1, high)] as const);
  return {
    kernelSize: size(4),
    strides: size(3),
    dilationRate: choices.of([1, 1, size(3)]),
    padding: choices.of(['same', 'valid'] as const),
    activation: choices.of(activations),
    useBias: choices.of([true, true, false]),
    filters: choices.integer(1, 9),
  };
}

function signalLayer(choices: Choices): Layer {
  const { kernelSize, strides, dilationRate, padding, ...other } = windowOptions(choices, 1);
  const window = { kernelSize, strides, dilationRate } as { kernelSize: number; strides: number; dilationRate: number };
  const pool = { poolSize: window.kernelSize, strides: window.strides, padding };
  const edges = [choices.integer(0, 2), choices.integer(0, 2)] as const;
  const flags = [1, 2, 3].map(() => choices.of([true, false]));
  return choices.of([
    () => isthmus.conv1d({ ...window, padding, ...other }),
    () => isthmus.maxPooling1d(pool),
    () => isthmus.averagePooling1d(pool),
    () => isthmus.upSampling1d({ size: choices.integer(1, 3), interpolation: choices.of(['nearest', 'bilinear']) }),
    () => isthmus.zeroPadding1d({ padding: edges }),
    () => isthmus.cropping1d({ cropping: edges }),
    () =>
      isthmus.gru({
        units: choices.integer(1, 7),
        returnSequences: flags[0]!,
        goBackwards: flags[1]!,
        resetAfter: flags[2]!,
        useBias: other.useBias,
      }),
  ])();
}

function imageLayer(choices: Choices): Layer {
  const { filters, ...window } = windowOptions(choices, 2);
  const { kernelSize, strides, padding } = window;
  const pool = { poolSize: kernelSize, strides, padding };
  const edges = () => [choices.integer(0, 2), choices.integer(0, 2)] as const;
  const depthMultiplier = choices.integer(1, 3);
  return choices.of([
    () => isthmus.conv2d({ filters, ...window }),
    () => isthmus.conv2dTranspose({ filters, ...window }),
    () => isthmus.depthwiseConv2d({ depthMultiplier, ...window }),
    () => isthmus.separableConv2d({ filters, depthMultiplier, ...window }),
    () => isthmus.maxPooling2d(pool),
    () => isthmus.averagePooling2d(pool),
    () => isthmus.globalAveragePooling2d(),
    () =>
      isthmus.upSampling2d({
        size: [choices.integer(1, 3), choices.integer(1, 3)],
        interpolation: choices.of(['nearest', 'bilinear']),
      }),
    () => isthmus.zeroPadding2d({ padding: [edges(), edges()] }),
    () => isthmus.cropping2d({ cropping: [edges(), edges()] }),
  ])();
}

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Up to `count` layers that fit one after the other, and the shape of their output. */
function chain(choices: Choices, input: Shape, count: number): { layers: Layer[]; shape: Shape } {
  const layers: Layer[] = [];
  let shape = input;
  while (layers.length < count) {
    const ofShape = shape.length === 3 ? imageLayer : signalLayer;
    try {
      const layer = shape.length > 1 && choices.integer(0, 2) ? ofShape(choices) : anyLayer(choices, shape, 0);
      const next = outputShape(layer, shape);
      if (sizeOf(next) > 600) continue;
      layers.push(layer);
      shape = next;
    } catch (error) {
      // A window or cropping that does not fit.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return { layers, shape };
}

/** The shape of a layer's output. Errors: RangeError if the input does not fit. */
function outputShape(layer: Layer, input: Shape): Shape {
  const { layers } = layer as { layers?: readonly Layer[] };
  const factory = (isthmus as unknown as Record<string, typeof isthmus.dense>)[layer.type]!;
  const definition = factory.definition as unknown as {
    outputShape(layer: Layer, input: Shape, name: string, wrapped: Shape | undefined): Shape;
  };
  const wrapped = layers?.reduce((shape, inner) => outputShape(inner, shape), input);
  return definition.outputShape(layer, input, layer.type, wrapped);
}

function bottleneck(choices: Choices, size: number): Layer | undefined {
  return choices.of([
    () => undefined,
    () => isthmus.variational({ units: choices.integer(1, 6) }),
    () => isthmus.sparse({ l1: 0.01 }),
    () => isthmus.sparse({ target: 0.2, activity: 'share' }),
    () => isthmus.kSparse({ k: choices.integer(1, size) }),
    () => isthmus.quantized({ step: choices.of([0.25, 1, 0.3]) }),
    () => isthmus.contractive({ weight: 0.1 }),
  ])();
}

/** A model with random weights and some of its samples. */
export async function randomModel(seed: number): Promise<{ model: Model; x: Float32Array }> {
  const choices = new Choices(seed);
  const input = choices.of([
    () => [choices.integer(1, 20)],
    () => [choices.integer(1, 12), choices.integer(1, 5)],
    () => [choices.integer(1, 8), choices.integer(1, 8), choices.integer(1, 5)],
    () => [choices.integer(2, 8), choices.integer(2, 8), choices.integer(1, 3)],
  ])();
  const encoder = chain(choices, input, choices.integer(1, 4));
  const latent = bottleneck(choices, sizeOf(encoder.shape));
  const code = latent?.type === 'variational' ? outputShape(latent, encoder.shape) : encoder.shape;
  const decoder = chain(choices, code, choices.integer(1, 3));
  const toInput = [
    isthmus.flatten(),
    isthmus.dense({ units: sizeOf(input), activation: choices.of(activations) }),
    isthmus.reshape({ targetShape: input }),
  ];
  const spec = { input, encoder: encoder.layers, ...(latent && { latent }), decoder: [...decoder.layers, ...toInput] };
  const model = await isthmus.autoencoder(spec, { seed });
  randomizeWeights(model, seed);
  return { model, x: samples(3 * sizeOf(input), seed) };
}
