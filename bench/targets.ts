// What is asked of each figure, beside what this run measured.

import type { CodecRow, RansRow } from './codec.ts';
import type { GemmRow } from './gemm.ts';
import type { Start } from './own.ts';
import type { TfjsFigures } from './tfjs.ts';

export interface Verdict {
  readonly figure: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

interface Result {
  readonly work: string;
  readonly operations: number;
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** How many times our time each competitor is to take at least. */
const ratios: Record<string, Record<string, number>> = {
  'dense-step': { 'tfjs wasm': 14, 'jax-js wasm (SGD)': 2.5, 'PyTorch native': 1 },
  'conv-step': { 'PyTorch native': 3, 'tfjs cpu': 500 },
  'conv-forward': { 'tfjs wasm': 10, 'onnxruntime-web': 1.5 },
};
/** How many times its arithmetic a step may cost, at the relaxed rate of 32×784×64. */
const overArithmetic: Record<string, number> = { 'dense-step': 1.5, 'conv-step': 2.2 };

/** The figures of a run, of which any part may not have been measured. */
export function asked(
  products: readonly GemmRow[],
  results: readonly Result[],
  start?: Start,
  memory?: { readonly measured: number; readonly parts: number; readonly formula: number; readonly heapGrowth: number },
  onTfjs?: TfjsFigures,
  coded: readonly RansRow[] = [],
  digits?: CodecRow,
): Verdict[] {
  const verdicts: Verdict[] = [];
  const most = (figure: string, limit: number, measured: number, unit: string): void => {
    verdicts.push({ figure, limit: `≤ ${limit.toFixed(2)}${unit}`, measured: measured.toFixed(2) + unit, met: measured <= limit });
  }; // biome-ignore format: a line each
  const least = (figure: string, limit: number, measured: number, unit: string): void => {
    verdicts.push({ figure, limit: `≥ ${limit}${unit}`, measured: measured.toFixed(2) + unit, met: measured >= limit });
  }; // biome-ignore format: a line each
  const relaxedPeak = (shape: string) => products.find((p) => p.flavour === 'relaxed' && p.shape === shape)!.peak;
  for (const { flavour, shape, peak, NN, NT, TN } of products) {
    const slowest = Math.min(NN, NT, TN);
    const limit = flavour === 'relaxed' ? 90 : 80;
    least(`${flavour} ${shape}, slowest form`, limit, (100 * slowest) / peak, ' %');
    // One peak may be meant for both flavours, so strict stands beside the relaxed one as well.
    if (flavour === 'strict') least('  of the relaxed peak', limit, (100 * slowest) / relaxedPeak(shape), ' %');
  }
  const small = products.find((p) => p.flavour === 'relaxed');
  for (const { work, operations, milliseconds } of results) {
    const ours = milliseconds.isthmus!;
    const over = overArithmetic[work];
    if (over && small) {
      const rate = (small.NN + small.NT + small.TN) / 3;
      most(`${work}, over its arithmetic`, over, (ours * rate * 1e6) / operations, ' ×');
    }
    for (const [name, limit] of Object.entries(ratios[work] ?? {}))
      if (milliseconds[name]) least(`${work}, ${name}`, limit, milliseconds[name] / ours, ' ×');
    if (work === 'encode-one') most('encode of one vector', 15, ours * 1000, ' µs');
  }
  if (start) {
    most('import to first encode', 5, start.difference, ' ms');
    most('  in one bundle', 5, start.bundled, ' ms');
  }
  if (memory) {
    const megabytes = (bytes: number): number => bytes / 2 ** 20;
    most('memory, activations alone', megabytes(memory.formula), megabytes(memory.measured), ' MB');
    most('memory, their gradients too', megabytes(memory.parts), megabytes(memory.measured), ' MB');
    most('heap growth, 10,000 steps', 1, megabytes(memory.heapGrowth), ' MB');
  }
  if (onTfjs) {
    const { dense, conv } = onTfjs;
    least('tfjs 784-64-784, installKernels', 1.7, dense.plain / dense.installed, ' ×');
    least('  and fusedAdam', 4, dense.plain / dense.fused, ' ×');
    least('tfjs conv, over its CPU backend', 60, conv.cpu / conv.installed, ' ×');
  }
  for (const { title, coding, decoding } of coded) {
    least(`coding ${title}`, 100, coding, ' MB/s');
    least(`decoding ${title}`, 150, decoding, ' MB/s');
  }
  if (digits) {
    least('digits compressed a second', 100_000, digits.compress, '');
    most('codec file of 784-64-784', 110, digits.file / 1024, ' KB');
  }
  return verdicts;
}
