// What the module of residuals exports: addresses in bytes, sizes in elements. Booleans cross as 0 and 1.

export interface ResidualKernels {
  residualBegin(state: number, columns: number): void;
  residualCode(
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
  residualSide(out: number, x: number, n: number, unit: number, bounds?: number, count?: number): void;
  bytesBegin(state: number): void;
  bytesCode(
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
