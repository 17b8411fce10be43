// Compares the figures of a run with their targets.

import type { CodecRow, RansRow } from './codec.ts';
import type { GemmRow } from './gemm.ts';
import type { MemoryUse, Startup } from './startup-memory-scaling.ts';
import type { TfjsFigures } from './tfjs.ts';

export interface Verdict {
  readonly figure: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface WorkloadResult {
  readonly work: string;
  readonly operations: number;
  /** By the name of the competitor. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** The figures of a run. A figure that was not measured is undefined or empty. */
export interface Figures {
  readonly products: readonly GemmRow[];
  readonly workloads: readonly WorkloadResult[];
  readonly startup: Startup | undefined;
  readonly memory: MemoryUse | undefined;
  readonly tfjs: TfjsFigures | undefined;
  readonly rans: readonly RansRow[];
  readonly codec: CodecRow | undefined;
}

/** Smallest ratio of each competitor's time to ours. */
const minimumRatios: Record<string, Record<string, number>> = {
  'dense-step': { 'tfjs wasm': 14, 'jax-js wasm (SGD)': 2.5, 'PyTorch native': 1 },
  'conv-step': { 'PyTorch native': 3, 'tfjs cpu': 500 },
  'conv-forward': { 'tfjs wasm': 10, 'onnxruntime-web': 1.5 },
};
/** Largest ratio of a step's time to that of its arithmetic alone, at the relaxed rate of 32×784×64. */
const maximumOverArithmetic: Record<string, number> = { 'dense-step': 1.5, 'conv-step': 2.2 };

const megabytes = (bytes: number): number => bytes / 2 ** 20;

const atMost = (figure: string, limit: number, measured: number, unit: string): Verdict => ({
  figure,
  limit: `≤ ${limit.toFixed(2)}${unit}`,
  measured: measured.toFixed(2) + unit,
  met: measured <= limit,
});
const atLeast = (figure: string, limit: number, measured: number, unit: string): Verdict => ({
  figure,
  limit: `≥ ${limit}${unit}`,
  measured: measured.toFixed(2) + unit,
  met: measured >= limit,
});

function productVerdicts(products: readonly GemmRow[]): Verdict[] {
  return products.flatMap(({ flavour, shape, peak, NN, NT, TN }) => {
    const slowest = Math.min(NN, NT, TN);
    if (flavour === 'relaxed') return atLeast(`${flavour} ${shape}, slowest form`, 90, (100 * slowest) / peak, ' %');
    const relaxedPeak = products.find((row) => row.flavour === 'relaxed' && row.shape === shape)!.peak;
    return [
      atLeast(`${flavour} ${shape}, slowest form`, 80, (100 * slowest) / peak, ' %'),
      atLeast('  of the relaxed peak', 80, (100 * slowest) / relaxedPeak, ' %'),
    ];
  });
}

function workloadVerdicts(workloads: readonly WorkloadResult[], products: readonly GemmRow[]): Verdict[] {
  const smallest = products.find((row) => row.flavour === 'relaxed');
  return workloads.flatMap(({ work, operations, milliseconds }) => {
    const verdicts: Verdict[] = [];
    const ours = milliseconds.isthmus!;
    const limit = maximumOverArithmetic[work];
    if (limit && smallest) {
      const rate = (smallest.NN + smallest.NT + smallest.TN) / 3;
      verdicts.push(atMost(`${work}, over its arithmetic`, limit, (ours * rate * 1e6) / operations, ' ×'));
    }
    for (const [name, ratio] of Object.entries(minimumRatios[work] ?? {})) {
      if (milliseconds[name]) verdicts.push(atLeast(`${work}, ${name}`, ratio, milliseconds[name] / ours, ' ×'));
    }
    if (work === 'encode-one') verdicts.push(atMost('encode of one vector', 15, ours * 1000, ' µs'));
    return verdicts;
  });
}

const startupVerdicts = ({ difference, bundled }: Startup): Verdict[] => [
  atMost('import to first encode', 5, difference, ' ms'),
  atMost('  in one bundle', 5, bundled, ' ms'),
];

const memoryVerdicts = ({ measured, parts, formula, heapGrowth }: MemoryUse): Verdict[] => [
  atMost('memory, activations alone', megabytes(formula), megabytes(measured), ' MB'),
  atMost('memory, their gradients too', megabytes(parts), megabytes(measured), ' MB'),
  atMost('heap growth, 10,000 steps', 1, megabytes(heapGrowth), ' MB'),
];

const tfjsVerdicts = ({ dense, conv }: TfjsFigures): Verdict[] => [
  atLeast('tfjs 784-64-784, installKernels', 1.7, dense.plain / dense.installed, ' ×'),
  atLeast('  and fusedAdam', 4, dense.plain / dense.fused, ' ×'),
  atLeast('tfjs conv, over its CPU backend', 60, conv.cpu / conv.installed, ' ×'),
];

const ransVerdicts = ({ title, coding, decoding }: RansRow): Verdict[] => [
  atLeast(`coding ${title}`, 100, coding, ' MB/s'),
  atLeast(`decoding ${title}`, 150, decoding, ' MB/s'),
];

const codecVerdicts = ({ compress, file }: CodecRow): Verdict[] => [
  atLeast('digits compressed a second', 100_000, compress, ''),
  atMost('codec file of 784-64-784', 110, file / 1024, ' KB'),
];

/** A verdict for each measured figure that has a target. */
export const verdicts = ({ products, workloads, startup, memory, tfjs, rans, codec }: Figures): Verdict[] => [
  ...productVerdicts(products),
  ...workloadVerdicts(workloads, products),
  ...(startup ? startupVerdicts(startup) : []),
  ...(memory ? memoryVerdicts(memory) : []),
  ...(tfjs ? tfjsVerdicts(tfjs) : []),
  ...rans.flatMap(ransVerdicts),
  ...(codec ? codecVerdicts(codec) : []),
];
