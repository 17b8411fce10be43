// What the modules export: addresses in bytes, sizes in elements. Booleans cross as 0 and 1.

import type { CodecKernels } from './codec.ts';
import type { ConvolutionKernels } from './convolution.ts';
import type { CorruptKernels } from './corrupt.ts';
import type { LatentKernels } from './latent.ts';
import type { ResidualKernels } from './residual.ts';

export interface InferKernels {
  gemm(
    c: number,
    a: number,
    b: number,
    bias: number,
    m: number,
    n: number,
    k: number,
    add: number,
    scratch: number,
  ): void;
  activate(y: number, z: number, rows: number, n: number, kind: number): void;
  lossSum(y: number, t: number, n: number, kind: number): number;
  pixelsToFloats(out: number, x: number, n: number): void;
  randomWords(out: number, from: number, n: number, step: number, stream: number, low: number, high: number): void;
  uniform(
    out: number,
    n: number,
    limit: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  penalty(w: number, n: number, l1: number, l2: number): number;
  affine(y: number, x: number, scale: number, shift: number, rows: number, c: number): void;
  batchNormScaleShift(
    scale: number,
    shift: number,
    mean: number,
    variance: number,
    gamma: number,
    beta: number,
    c: number,
    epsilon: number,
  ): void;
  layerNormalize(y: number, x: number, gamma: number, beta: number, rows: number, n: number, epsilon: number): void;
  add(y: number, a: number, b: number, n: number): void;
  copyColumns(
    out: number,
    n: number,
    to: number,
    x: number,
    c: number,
    from: number,
    count: number,
    rows: number,
  ): void;
}

export interface TrainKernels {
  gemmNT(c: number, a: number, b: number, m: number, n: number, k: number, add: number, scratch: number): void;
  gemmTN(c: number, a: number, b: number, m: number, n: number, k: number, add: number, scratch: number): void;
  activateBackward(dz: number, dy: number, saved: number, rows: number, n: number, kind: number): void;
  lossGradient(dy: number, y: number, t: number, n: number, kind: number, scale: number, add: number): number;
  convolveWeights(
    dw: number,
    rows: number,
    m: number,
    dy: number,
    n: number,
    taps: number,
    count: number,
    inner: number,
    add: number,
    scratch: number,
  ): void;
  depthwiseInput(
    rows: number,
    m: number,
    dy: number,
    w: number,
    c: number,
    multiplier: number,
    taps: number,
    count: number,
  ): void;
  depthwiseWeights(
    dw: number,
    rows: number,
    m: number,
    dy: number,
    c: number,
    multiplier: number,
    taps: number,
    count: number,
    add: number,
  ): void;
  poolBackward(
    dx: number,
    dy: number,
    y: number,
    x: number,
    batch: number,
    h: number,
    w: number,
    c: number,
    oh: number,
    ow: number,
    kh: number,
    kw: number,
    sh: number,
    sw: number,
    top: number,
    left: number,
    average: number,
  ): void;
  batchMoments(
    mean: number,
    variance: number,
    x: number,
    rows: number,
    c: number,
    runningMean: number,
    runningVariance: number,
    rest: number,
  ): void;
  batchNormalizeBackward(
    dx: number,
    dgamma: number,
    dbeta: number,
    dy: number,
    x: number,
    mean: number,
    variance: number,
    gamma: number,
    rows: number,
    c: number,
    epsilon: number,
    ofRow: number,
  ): void;
  layerNormalizeBackward(
    dx: number,
    dgamma: number,
    dbeta: number,
    dy: number,
    x: number,
    gamma: number,
    rows: number,
    n: number,
    epsilon: number,
  ): void;
  clear(x: number, n: number): void;
  columnSums(out: number, a: number, rows: number, n: number): void;
  penaltyGradient(dw: number, w: number, n: number, l1: number, l2: number): void;
  sumOfSquares(g: number, n: number): number;
  scale(g: number, n: number, factor: number): void;
  clamp(y: number, x: number, n: number, low: number, high: number): void;
  clampBackward(dx: number, dy: number, y: number, n: number, low: number, high: number): void;
  dropout(
    y: number,
    x: number,
    n: number,
    rate: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  sgd(w: number, g: number, n: number, rate: number): void;
  momentum(w: number, g: number, v: number, n: number, rate: number, beta: number, nesterov: number): void;
  rmsprop(w: number, g: number, s: number, n: number, rate: number, rho: number, epsilon: number): void;
  adam(
    w: number,
    g: number,
    m: number,
    v: number,
    n: number,
    rate: number,
    rest1: number,
    rest2: number,
    epsilon: number,
    keep: number,
  ): void;
}

/** What a layer may call: the kernels of the modules that it names, and those of inference and training. */
export type Kernels = InferKernels &
  TrainKernels &
  ConvolutionKernels &
  CorruptKernels &
  LatentKernels &
  CodecKernels &
  ResidualKernels;
