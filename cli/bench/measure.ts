// Measurements of a model on this machine. Each is the median of repeated runs.

import { adam, createCodec, fit, type Model } from 'isthmus';

/** One figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'samples/s' | 'MB/s';
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Smooth values in 0..1 that differ from sample to sample: the same on every machine. */
export function smoothSamples(shape: readonly number[], count: number): Float32Array {
  const size = sizeOf(shape);
  return Float32Array.from({ length: count * size }, (_, i) => {
    const sample = Math.floor(i / size);
    const position = i % size;
    const wave = Math.sin(position / (7 + (sample % 5)) + sample) + Math.sin(position / 31 + sample / 3);
    return 0.5 + wave / 4;
  });
}

/** Repeats `run` for about `milliseconds`, at least five times, and gives the median time in milliseconds. */
function timeOf(run: () => void, milliseconds: number): number {
  run();
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (times.length < 5 || performance.now() < end) {
    const started = performance.now();
    run();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** The time of a training step of 32 samples. */
export async function measureStep(model: Model, signal: AbortSignal): Promise<Figure> {
  const batches = 60;
  const x = smoothSamples(model.inputShape, 32 * batches);
  const times: number[] = [];
  let last = performance.now();
  await fit(model, x, {
    epochs: 1,
    batchSize: 32,
    optimizer: adam(),
    signal,
    onBatchEnd: () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
    },
  });
  // The first steps compile and warm up.
  return { name: 'training step, 32 samples', value: median(times.slice(10)), unit: 'ms' };
}

/** Times of `encode`. */
export function measureEncode(model: Model): Figure[] {
  const one = smoothSamples(model.inputShape, 1);
  const many = smoothSamples(model.inputShape, 256);
  return [
    { name: 'encode one sample', value: timeOf(() => model.encode(one), 300), unit: 'ms' },
    { name: 'encode 256 samples', value: 256_000 / timeOf(() => model.encode(many), 300), unit: 'samples/s' },
  ];
}

/** Megabytes of float32 a second that a codec with a bound of 0.01 compresses and decompresses. */
export async function measureCodec(model: Model): Promise<Figure[]> {
  const count = Math.max(16, Math.min(4096, Math.ceil(2 ** 18 / sizeOf(model.inputShape))));
  const x = smoothSamples(model.inputShape, count);
  const codec = await createCodec(model, x, { maxError: 0.01 });
  const bytes = codec.compress(x);
  const rate = (milliseconds: number): number => x.byteLength / 1000 / milliseconds;
  return [
    { name: 'compress', value: rate(timeOf(() => codec.compress(x), 500)), unit: 'MB/s' },
    { name: 'decompress', value: rate(timeOf(() => codec.decompress(bytes), 500)), unit: 'MB/s' },
  ];
}
