// Layers, optimizers and the rest as the worker makes them: plain data that names its factory. The genuine ones carry
// their implementation, kernels and all, which a page that trains in a worker has no use for.

import type * as isthmus from '../index.ts';

/** A ready-made spec that the worker is to make. */
export interface NamedSpec {
  readonly type: string;
}

type Package = typeof isthmus;
type Specs = 'denseAutoencoder' | 'deepAutoencoder' | 'convAutoencoder' | 'denoisingAutoencoder' | 'sparseAutoencoder' | 'variationalAutoencoder' | 'signalAutoencoder'; // biome-ignore format: a list of names

/** As in isthmus, but checked where the data is used, which is in the worker. */
export type Named<N extends keyof Package> = N extends Specs
  ? (...args: Parameters<Package[N]>) => NamedSpec
  : Package[N];

function named<N extends keyof Package>(type: N): Named<N> {
  const make = (first: unknown = {}, rest: object = {}): object => {
    if (Array.isArray(first)) return { ...rest, layers: first, type };
    const rate = typeof first === 'number' || (typeof first === 'object' && first !== null && 'type' in first);
    return rate ? { learningRate: first, type } : { ...(first as object), type };
  };
  return Object.assign(make, { definition: { type } }) as unknown as Named<N>;
}

export const activation = /* @__PURE__ */ named('activation');
export const adam = /* @__PURE__ */ named('adam');
export const adamw = /* @__PURE__ */ named('adamw');
export const averagePooling1d = /* @__PURE__ */ named('averagePooling1d');
export const averagePooling2d = /* @__PURE__ */ named('averagePooling2d');
export const batchNormalization = /* @__PURE__ */ named('batchNormalization');
export const blockMask = /* @__PURE__ */ named('blockMask');
export const brightness = /* @__PURE__ */ named('brightness');
export const contractive = /* @__PURE__ */ named('contractive');
export const conv1d = /* @__PURE__ */ named('conv1d');
export const conv2d = /* @__PURE__ */ named('conv2d');
export const conv2dTranspose = /* @__PURE__ */ named('conv2dTranspose');
export const convAutoencoder = /* @__PURE__ */ named('convAutoencoder');
export const cosine = /* @__PURE__ */ named('cosine');
export const cropping1d = /* @__PURE__ */ named('cropping1d');
export const cropping2d = /* @__PURE__ */ named('cropping2d');
export const deepAutoencoder = /* @__PURE__ */ named('deepAutoencoder');
export const denoisingAutoencoder = /* @__PURE__ */ named('denoisingAutoencoder');
export const dense = /* @__PURE__ */ named('dense');
export const denseAutoencoder = /* @__PURE__ */ named('denseAutoencoder');
export const depthwiseConv2d = /* @__PURE__ */ named('depthwiseConv2d');
export const dropout = /* @__PURE__ */ named('dropout');
export const exponentialDecay = /* @__PURE__ */ named('exponentialDecay');
export const flatten = /* @__PURE__ */ named('flatten');
export const flip = /* @__PURE__ */ named('flip');
export const gaussianNoise = /* @__PURE__ */ named('gaussianNoise');
export const globalAveragePooling2d = /* @__PURE__ */ named('globalAveragePooling2d');
export const gru = /* @__PURE__ */ named('gru');
export const kSparse = /* @__PURE__ */ named('kSparse');
export const layerNormalization = /* @__PURE__ */ named('layerNormalization');
export const maskingNoise = /* @__PURE__ */ named('maskingNoise');
export const maxPooling1d = /* @__PURE__ */ named('maxPooling1d');
export const maxPooling2d = /* @__PURE__ */ named('maxPooling2d');
export const mixture = /* @__PURE__ */ named('mixture');
export const momentum = /* @__PURE__ */ named('momentum');
export const normalization = /* @__PURE__ */ named('normalization');
export const poissonNoise = /* @__PURE__ */ named('poissonNoise');
export const quantized = /* @__PURE__ */ named('quantized');
export const reshape = /* @__PURE__ */ named('reshape');
export const residual = /* @__PURE__ */ named('residual');
export const rmsprop = /* @__PURE__ */ named('rmsprop');
export const saltAndPepper = /* @__PURE__ */ named('saltAndPepper');
export const separableConv2d = /* @__PURE__ */ named('separableConv2d');
export const sgd = /* @__PURE__ */ named('sgd');
export const shift = /* @__PURE__ */ named('shift');
export const signalAutoencoder = /* @__PURE__ */ named('signalAutoencoder');
export const skip = /* @__PURE__ */ named('skip');
export const sparse = /* @__PURE__ */ named('sparse');
export const sparseAutoencoder = /* @__PURE__ */ named('sparseAutoencoder');
export const upSampling1d = /* @__PURE__ */ named('upSampling1d');
export const upSampling2d = /* @__PURE__ */ named('upSampling2d');
export const variational = /* @__PURE__ */ named('variational');
export const variationalAutoencoder = /* @__PURE__ */ named('variationalAutoencoder');
export const warmup = /* @__PURE__ */ named('warmup');
export const zeroPadding1d = /* @__PURE__ */ named('zeroPadding1d');
export const zeroPadding2d = /* @__PURE__ */ named('zeroPadding2d');
