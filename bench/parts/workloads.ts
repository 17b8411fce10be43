// The workloads of bench/workloads.ts: ours and those of the competitors.

import type { GemmRow } from '../gemm.ts';
import { measure } from '../measure.ts';
import { type Context, cell, type Figures, type Part } from '../part.ts';
import { type Workload, workloads } from '../workloads.ts';

/** Names of the competitors in names of figures. */
const shortNames: Readonly<Record<string, string>> = {
  'tfjs wasm': 'tfjs',
  'tfjs cpu': 'tfjs-cpu',
  'jax-js wasm (SGD)': 'jax',
  'onnxruntime-web': 'onnxruntime',
  'PyTorch native': 'pytorch',
};

/** The mean rate of the three forms at 32×784×64 in GFLOP/s, and the peak. */
function ratesAt32(products: readonly GemmRow[], flavour: string): { readonly mean: number; readonly peak: number } {
  const { NN, NT, TN, peak } = products.find((row) => row.flavour === flavour)!;
  return { mean: (NN + NT + TN) / 3, peak };
}

/** Our time compared with that of the arithmetic, at the rates of the products on the same machine. */
function figuresOfRates({ name, kind, net, operations }: Workload, ours: number, { products }: Context): Figures {
  if (kind === 'step') {
    const { mean } = ratesAt32(products(), 'relaxed');
    return { [`${name}-over-arithmetic`]: (ours * mean * 1e9) / operations };
  }
  if (kind === 'forward') {
    const { peak } = ratesAt32(products(), 'strict');
    return { [`${net}-forward-of-peak`]: (100 * operations) / (ours * peak * 1e9) };
  }
  return { 'encode-one': ours * 1e6 };
}

async function run(workload: Workload, context: Context) {
  const { name, title, operations } = workload;
  const { print, rounds, quick } = context;
  const { seconds, missing } = await measure(await context.competitors(), workload, rounds, quick);
  const ours = seconds.isthmus;
  if (ours === undefined) throw new Error(`isthmus does not do ${name}: ${missing.isthmus}`);
  print(`\n${title} (${(operations / 1e6).toFixed(1)} MFLOP)`);
  for (const [competitor, s] of Object.entries(seconds)) {
    const rate = operations / s / 1e9;
    print(
      `  ${competitor.padEnd(20)} ${cell(s * 1e3, 10, 3)} ms  ${cell(s / ours, 8, 2)} ×  ${cell(rate, 6, 1)} GFLOP/s`,
    );
  }
  for (const [competitor, reason] of Object.entries(missing)) print(`  ${competitor.padEnd(20)} ${reason}`);
  const times = Object.entries(seconds).flatMap(([competitor, s]) => {
    const short = shortNames[competitor];
    return short ? [[`${name}-${short}`, s / ours] as const] : [];
  });
  const milliseconds = Object.fromEntries(Object.entries(seconds).map(([competitor, s]) => [competitor, s * 1e3]));
  return {
    figures: {
      [`${name}-milliseconds`]: ours * 1e3,
      ...Object.fromEntries(times),
      ...figuresOfRates(workload, ours, context),
    },
    report: { operations, milliseconds, missing },
  };
}

/** From the reports of a run: the reasons why competitors have no time, by workload and competitor. */
export const missingOf = (reports: Readonly<Record<string, unknown>>): Record<string, Record<string, string>> =>
  Object.fromEntries(
    workloads
      .filter(({ name }) => name in reports)
      .map(({ name }) => {
        const { missing } = reports[name] as Awaited<ReturnType<typeof run>>['report'];
        const reasons = Object.entries(missing).map(([competitor, reason]) => {
          // The part before a colon is for readers, the rest is a message of the competitor.
          return [shortNames[competitor] ?? competitor, reason.split(':')[0]!];
        });
        return [name, Object.fromEntries(reasons)];
      }),
  );

export const workloadParts: readonly Part[] = workloads.map((workload) => ({
  name: workload.name,
  run: (context) => run(workload, context),
}));
