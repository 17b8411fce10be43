// What the module of residuals exports: addresses in bytes, sizes in elements. Booleans cross as 0 and 1.

export interface ResidualKernels {
  initResidualCoder(state: number, columns: number): void;
  codeResiduals(
    state: number,
    x: number,
    side: number,
    m: number,
    r: number,
    lines: number,
    width: number,
    channels: number,
    plane: number,
    unit: number,
    bound: number,
    stream: number,
    end: number,
    decoding: number,
    escapes: number,
    bounds?: number,
    count?: number,
  ): number;
  quantizePrediction(out: number, x: number, n: number, unit: number, bounds?: number, count?: number): void;
  initByteCoder(state: number): void;
  codeBytes(
    state: number,
    x: number,
    rows: number,
    height: number,
    width: number,
    channels: number,
    stream: number,
    end: number,
    decoding: number,
  ): number;
}
