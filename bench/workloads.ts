// The workloads that all competitors run: a training step, a forward pass, and one call of `encode`.

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Floating-point operations: a multiplication and an addition are two. */
  readonly operations: number;
  readonly net: 'dense' | 'conv';
  readonly kind: 'step' | 'forward' | 'encode';
  /** Samples in a batch. */
  readonly rows: number;
}

/** 784-64-784: forward, gradients of both weights, gradient of the code. */
const denseForward = 2 * 32 * 2 * 784 * 64;
/** Products of the convolutional network, by layer: positions × window × input channels × output channels. */
const layers = [196 * 9 * 16, 49 * 9 * 16 * 8, 49 * 9 * 8 * 8, 196 * 9 * 8 * 16, 784 * 9 * 16];
const convForward = 2 * 32 * layers.reduce((sum, layer) => sum + layer, 0);

export const workloads: readonly Workload[] = [
  { name: 'dense-step', title: '784-64-784, batch 32, Adam step', operations: 2.5 * denseForward, net: 'dense', kind: 'step', rows: 32 },
  { name: 'conv-step', title: 'conv 28×28, 16-8-8-16-1, batch 32, Adam step', operations: 3 * convForward - 2 * 32 * layers[0]!, net: 'conv', kind: 'step', rows: 32 },
  { name: 'dense-forward', title: '784-64-784, batch 32, forward', operations: denseForward, net: 'dense', kind: 'forward', rows: 32 },
  { name: 'conv-forward', title: 'conv 28×28, 16-8-8-16-1, batch 32, forward', operations: convForward, net: 'conv', kind: 'forward', rows: 32 },
  { name: 'encode-one', title: 'encode of one 784-vector, call included', operations: 2 * 784 * 64, net: 'dense', kind: 'encode', rows: 1 },
]; // biome-ignore format: a table

/** The same pixels 0..1 for all competitors. */
export const pixels = (rows: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: rows * 784 }, (_, i) => ((i * 7919) % 256) / 255);

/** The layers of the convolutional network. The last one has a sigmoid, the others have relu. */
export const convNet = [
  { filters: 16, strides: 2, transposed: false },
  { filters: 8, strides: 2, transposed: false },
  { filters: 8, strides: 2, transposed: true },
  { filters: 16, strides: 2, transposed: true },
  { filters: 1, strides: 1, transposed: false },
] as const;

/** The most repetitions of one call of `run`. */
export const MAX_REPETITIONS = 256;

/** A competitor that is ready for one workload. */
export interface Runner {
  /** Runs the workload `times` times. */
  run(times: number): unknown;
  /** Rounds that are enough; default all. */
  readonly maxRounds?: number;
}

export interface Competitor {
  readonly name: string;
  readonly version: string;
  /** A runner, or the reason why there is none. */
  open(work: Workload): Promise<Runner | string>;
}
