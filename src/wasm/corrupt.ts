// What the module of noise and augmentation exports: addresses in bytes, sizes in elements.

export interface CorruptKernels {
  addNormal(
    y: number,
    x: number,
    n: number,
    stddev: number,
    low: number,
    high: number,
    first: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  uniformAt(i: number, scratch: number, step: number, stream: number, seedLow: number, seedHigh: number): number;
  saltAndPepper(
    y: number,
    x: number,
    n: number,
    rate: number,
    low: number,
    high: number,
    first: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  poisson(
    y: number,
    x: number,
    n: number,
    peak: number,
    first: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  fillRuns(y: number, lines: number, stride: number, n: number, value: number): void;
  shiftFlip(
    y: number,
    aside: number,
    h: number,
    w: number,
    c: number,
    flips: number,
    down: number,
    right: number,
    value: number,
  ): void;
  brightnessContrast(y: number, n: number, factor: number, delta: number, low: number, high: number): void;
}
