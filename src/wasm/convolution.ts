// What the module of windows over images and signals exports, forward: addresses in bytes, sizes in elements.

export interface ConvolutionKernels {
  addressTable(
    table: number,
    base: number,
    batch: number,
    h: number,
    w: number,
    sample: number,
    row: number,
    pixel: number,
  ): void;
  pad(
    out: number,
    x: number,
    batch: number,
    h: number,
    w: number,
    c: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
  ): void;
  unpad(
    x: number,
    padded: number,
    batch: number,
    h: number,
    w: number,
    c: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
  ): void;
  packTaps(out: number, weights: number, taps: number, inner: number, n: number, transposed: number): void;
  packNarrow(out: number, weights: number, taps: number, inner: number, n: number, transposed: number): void;
  convolve(
    outs: number,
    rows: number,
    m: number,
    panels: number,
    n: number,
    taps: number,
    count: number,
    inner: number,
    bias: number,
    add: number,
    relu: number,
    scratch: number,
  ): void;
  convolveNarrow(
    outs: number,
    rows: number,
    m: number,
    weights: number,
    n: number,
    taps: number,
    count: number,
    inner: number,
    bias: number,
    relu: number,
  ): void;
  depthwise(
    y: number,
    rows: number,
    m: number,
    w: number,
    bias: number,
    c: number,
    multiplier: number,
    taps: number,
    count: number,
  ): void;
  pool(
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
  resize(
    y: number,
    x: number,
    batch: number,
    h: number,
    w: number,
    c: number,
    fh: number,
    fw: number,
    bilinear: number,
    backward: number,
  ): void;
}
