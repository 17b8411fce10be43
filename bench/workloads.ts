// What is measured: one step, one forward pass, one call.

export interface Work {
  readonly name: string;
  readonly title: string;
  /** Floating-point operations, multiplications and additions counted apart. */
  readonly operations: number;
  readonly net: 'dense' | 'conv';
  readonly kind: 'step' | 'forward' | 'encode';
  /** Samples at once. */
  readonly rows: number;
}

/** 784-64-784: forward, gradients of both weights, gradient of the code. */
const denseForward = 2 * 32 * 2 * 784 * 64;
/** Products of the convolutional net, by layer: places × window × channels in × channels out. */
const layers = [196 * 9 * 16, 49 * 9 * 16 * 8, 49 * 9 * 8 * 8, 196 * 9 * 8 * 16, 784 * 9 * 16];
const convForward = 2 * 32 * layers.reduce((sum, layer) => sum + layer, 0);

export const works: readonly Work[] = [
  { name: 'dense-step', title: '784-64-784, batch 32, Adam step', operations: 2.5 * denseForward, net: 'dense', kind: 'step', rows: 32 },
  { name: 'conv-step', title: 'conv 28×28, 16-8-8-16-1, batch 32, Adam step', operations: 3 * convForward - 2 * 32 * layers[0]!, net: 'conv', kind: 'step', rows: 32 },
  { name: 'dense-forward', title: '784-64-784, batch 32, forward', operations: denseForward, net: 'dense', kind: 'forward', rows: 32 },
  { name: 'conv-forward', title: 'conv 28×28, 16-8-8-16-1, batch 32, forward', operations: convForward, net: 'conv', kind: 'forward', rows: 32 },
  { name: 'encode-one', title: 'encode of one 784-vector, call included', operations: 2 * 784 * 64, net: 'dense', kind: 'encode', rows: 1 },
]; // biome-ignore format: a table

/** The same pixels for everybody: values in 0..1. */
export const pixels = (rows: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: rows * 784 }, (_, i) => ((i * 7919) % 256) / 255);

/** Filters, strides and directions of the convolutional net; the last goes through a sigmoid, all others through relu. */
export const convNet = [
  { filters: 16, strides: 2, transposed: false },
  { filters: 8, strides: 2, transposed: false },
  { filters: 8, strides: 2, transposed: true },
  { filters: 16, strides: 2, transposed: true },
  { filters: 1, strides: 1, transposed: false },
] as const;

/** Repetitions that a runner is asked for at most. */
export const MOST_TIMES = 256;

/** A competitor at one work. */
export interface Runner {
  /** Does the work `times` times over. */
  run(times: number): unknown;
}

export interface Competitor {
  readonly name: string;
  readonly version: string;
  /** A runner, or why there is none. */
  open(work: Work): Promise<Runner | string>;
}
