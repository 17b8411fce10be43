// What the modules export: addresses in bytes, sizes in elements. Booleans cross as 0 and 1.

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
  penalty(w: number, n: number, l1: number, l2: number): number;
}

export interface TrainKernels {
  gemmNT(c: number, a: number, b: number, m: number, n: number, k: number, add: number, scratch: number): void;
  gemmTN(c: number, a: number, b: number, m: number, n: number, k: number, add: number, scratch: number): void;
  activateBackward(dz: number, dy: number, saved: number, rows: number, n: number, kind: number): void;
  lossGradient(dy: number, y: number, t: number, n: number, kind: number, scale: number, add: number): number;
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
  addNormal(
    y: number,
    x: number,
    n: number,
    stddev: number,
    low: number,
    high: number,
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
