// What the module of bottlenecks exports: addresses in bytes, sizes in elements.

export interface LatentKernels {
  multiply(y: number, a: number, b: number, n: number): void;
  activationSecondDerivative(dz: number, a: number, b: number, saved: number, n: number, kind: number): void;
  squaredDistance(dy: number, y: number, n: number, factor: number): number;
  countNonZero(x: number, n: number): number;
  standardize(y: number, x: number, mean: number, deviation: number, rows: number, c: number, back: number): void;
  gemmSparse(c: number, a: number, b: number, bias: number, m: number, n: number, k: number, scratch: number): void;
  gaussianKl(counts: number, mean: number, logVariance: number, rows: number, n: number, least: number): number;
  threshold(y: number, x: number, n: number, control: number): void;
  topK(y: number, x: number, rows: number, n: number, k: number): number;
  deadUnitsBackward(dx: number, dy: number, y: number, rows: number, n: number, factor: number): void;
  roundTo(y: number, x: number, n: number, step: number): void;
  reparameterize(
    y: number,
    mean: number,
    logVariance: number,
    n: number,
    scratch: number,
    step: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  reparameterizeBackward(
    dMean: number,
    dLogVariance: number,
    dy: number,
    y: number,
    mean: number,
    logVariance: number,
    counts: number,
    rows: number,
    n: number,
    weight: number,
  ): void;
  nonZeroBackward(dx: number, dy: number, y: number, n: number): void;
  addUniform(
    y: number,
    x: number,
    n: number,
    step: number,
    scratch: number,
    stepNumber: number,
    stream: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  bernoulliKl(means: number, n: number, target: number, activity: number): number;
  activityPenaltyBackward(
    dx: number,
    dy: number,
    x: number,
    slope: number,
    rows: number,
    n: number,
    weight: number,
    l1: number,
  ): void;
  addClamped(control: number, by: number, low: number, high: number): number;
  logisticMixtureBits(
    slope: number,
    gradient: number,
    y: number,
    prior: number,
    positions: number,
    n: number,
    components: number,
    step: number,
    factor: number,
    scratch: number,
  ): number;
}
