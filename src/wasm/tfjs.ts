// What the module for TensorFlow.js exports besides those of the models: addresses in bytes, sizes in elements.

export interface TfjsKernels {
  segmentSum(out: number, x: number, ids: number, rows: number, n: number, segments: number): void;
  maxPool3d(
    y: number,
    x: number,
    batch: number,
    d: number,
    h: number,
    w: number,
    c: number,
    od: number,
    oh: number,
    ow: number,
    kd: number,
    kh: number,
    kw: number,
    sd: number,
    sh: number,
    sw: number,
    front: number,
    top: number,
    left: number,
  ): void;
  maxPool3dBackward(
    dx: number,
    dy: number,
    x: number,
    batch: number,
    d: number,
    h: number,
    w: number,
    c: number,
    od: number,
    oh: number,
    ow: number,
    kd: number,
    kh: number,
    kw: number,
    sd: number,
    sh: number,
    sw: number,
    front: number,
    top: number,
    left: number,
  ): void;
}
