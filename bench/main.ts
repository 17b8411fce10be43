// `npm run bench`: measures isthmus and its competitors in one run. Writes bench/results/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type CodecRow, codec, type RansRow, rans } from './codec.ts';
import { type GemmRow, gemm } from './gemm.ts';
import { loadCompetitors, measure } from './measure.ts';
import { type PenaltyCost, penaltyCosts } from './penalty-cost.ts';
import {
  type MemoryUse,
  measureMemory,
  measureScaling,
  measureStartup,
  type Scaling,
  type Startup,
  scalingChart,
} from './startup-memory-scaling.ts';
import { type Verdict, verdicts, type WorkloadResult } from './targets.ts';
import type { TfjsFigures } from './tfjs.ts';
import type { KernelRow } from './tfjs-kernels.ts';
import { type Competitor, type Workload, workloads } from './workloads.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const { only, json, quick } = values;
const workloadNames = workloads.map(({ name }) => name);
const names = ['gemm', ...workloadNames, 'start', 'memory', 'scaling', 'price', 'tfjs', 'rans', 'codec'];
if (only && !names.includes(only)) {
  console.error(`--only expected one of ${names.join(', ')}, got ${only}`);
  process.exit(2);
}
const selected = (name: string): boolean => !only || only === name;
const rounds = quick ? 7 : 21;

const print = (line: string): void => (json ? console.error(line) : console.log(line));
/** A number with fixed decimals, right-aligned. */
const cell = (value: number, width: number, decimals: number): string => value.toFixed(decimals).padStart(width);

function printProducts(rows: readonly GemmRow[]): void {
  print('GFLOP/s                       peak      NN      NT      TN');
  for (const { flavour, shape, peak, NN, NT, TN } of rows) {
    const rates = [peak, NN, NT, TN].map((rate) => cell(rate, 7, 1));
    print(`${flavour.padEnd(8)} ${shape.padEnd(14)} ${rates.join(' ')}`);
  }
}

/** Measures a workload and prints a line for each competitor. */
async function measureWorkload(competitors: readonly Competitor[], workload: Workload) {
  const { name, title, operations } = workload;
  const { seconds, missing } = await measure(competitors, workload, rounds, quick);
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
  const milliseconds = Object.fromEntries(Object.entries(seconds).map(([competitor, s]) => [competitor, s * 1e3]));
  return { work: name, operations, milliseconds, missing };
}

const printStartup = ({ empty, difference, bundled }: Startup): void =>
  print(
    `\nimport to first encode: ${difference.toFixed(1)} ms beyond Node's own ${empty.toFixed(1)} ms; in one bundle ${bundled.toFixed(1)} ms`,
  );

function printMemory({ measured, parts, heapGrowth }: MemoryUse): void {
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MB`;
  print(
    `\nmemory while training 784-64-784: ${megabytes(measured)}, its parts and 64 KB: ${megabytes(parts)}; JavaScript heap after 10,000 steps: + ${megabytes(heapGrowth)}`,
  );
}

function printScaling({ samples, weights }: Scaling): void {
  print('\nbatch   µs a sample          weights   ns a weight and sample');
  samples.forEach(({ rows, microseconds }, i) => {
    const size = weights[i];
    const right = size ? `${String(size.weights).padStart(20)}   ${size.nanoseconds.toFixed(3)}` : '';
    print(`${String(rows).padStart(5)}   ${cell(microseconds, 8, 2)}   ${right}`);
  });
}

function printPenaltyCosts(rows: readonly PenaltyCost[]): void {
  print('\nprice                                        without      with     times');
  for (const { name, without, with: other } of rows) {
    const cells = [without, other].map((ms) => `${ms.toFixed(3)} ms`.padStart(11));
    print(`${name.padEnd(43)}${cells.join('')}${cell(other / without, 8, 2)} ×`);
  }
}

function printTfjs(figures: TfjsFigures): void {
  print('\nstep on tfjs WASM, ms       without   installKernels   and fusedAdam');
  const { dense, conv } = figures;
  const line = (name: string, without: string, installed: number, fused: number): void =>
    print(`${name.padEnd(22)}${without.padStart(13)}${cell(installed, 17, 2)}${cell(fused, 16, 2)}`);
  line('dense', dense.plain.toFixed(2), dense.installed, dense.fused);
  line('conv', `${conv.cpu.toFixed(0)} (CPU)`, conv.installed, conv.fused);
}

function printTfjsKernels(rows: readonly KernelRow[]): void {
  print('\nkernels on tfjs WASM, µs                             theirs     ours');
  for (const { name, of, theirs, ours } of rows) {
    print(`${name.padEnd(20)} ${of.padEnd(27)}${cell(theirs, 9, 1)}${cell(ours, 9, 1)}${cell(theirs / ours, 8, 2)} ×`);
  }
}

function printRans(rows: readonly RansRow[]): void {
  print('\nMB of symbols a second              bits   coding decoding');
  for (const { title, bits, coding, decoding } of rows) {
    print(`${title.padEnd(34)}${cell(bits, 6, 2)}${cell(coding, 9, 0)}${cell(decoding, 9, 0)}`);
  }
}

function printCodec({ compress, decompress }: CodecRow): void {
  const perSecond = (rate: number): string => Math.round(rate).toLocaleString('en');
  print(
    `\n784-64-784, quantized, batches of 256: ${perSecond(compress)} digits a second compressed, ${perSecond(decompress)} decompressed`,
  );
}

function printVerdicts(rows: readonly Verdict[]): void {
  print('\nfigure                              asked          measured');
  for (const { figure, limit, measured, met } of rows) {
    print(`${figure.padEnd(36)}${limit.padEnd(15)}${measured.padEnd(12)}${met ? '' : 'missed'}`);
  }
}

// The memory comes first: later, garbage of the competitors could leave the heap and hide its growth.
const memory = selected('memory') ? await measureMemory() : undefined;
const competitors = ['rans', 'codec'].includes(only ?? '') ? [] : await loadCompetitors(print);
const products = selected('gemm') ? gemm(rounds) : [];
if (products.length) printProducts(products);

const results: WorkloadResult[] = [];
for (const workload of workloads) {
  if (selected(workload.name)) results.push(await measureWorkload(competitors, workload));
}

const startup = selected('start') ? await measureStartup(rounds) : undefined;
if (startup) printStartup(startup);
if (memory) printMemory(memory);

mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const scaling = selected('scaling') ? await measureScaling(quick) : undefined;
if (scaling) {
  printScaling(scaling);
  writeFileSync(new URL('results/scaling.svg', import.meta.url), await scalingChart(scaling));
}

const costs = selected('price') ? await penaltyCosts() : [];
if (costs.length) printPenaltyCosts(costs);

let tfjs: TfjsFigures | undefined;
let tfjsKernels: readonly KernelRow[] = [];
if (selected('tfjs')) {
  tfjs = await (await import('./tfjs.ts')).tfjsFigures(quick ? 5 : 15);
  printTfjs(tfjs);
  tfjsKernels = await (await import('./tfjs-kernels.ts')).kernelRows(rounds);
  printTfjsKernels(tfjsKernels);
}

const ransRows = selected('rans') ? rans(rounds) : [];
if (ransRows.length) printRans(ransRows);
const codecRow = selected('codec') ? await codec(rounds) : undefined;
if (codecRow) printCodec(codecRow);

const targets = verdicts({ products, workloads: results, startup, memory, tfjs, rans: ransRows, codec: codecRow });
if (targets.length) printVerdicts(targets);

const report = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), node: process.version },
  versions: Object.fromEntries(competitors.map(({ name, version }) => [name, version])),
  commit: execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' }).trim(),
  gemm: products,
  works: results,
  start: startup,
  memory,
  scaling,
  price: costs,
  tfjs,
  tfjsKernels,
  rans: ransRows,
  codec: codecRow,
  asked: targets,
};
writeFileSync(new URL(`results/${only ?? 'all'}.json`, import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
if (json) console.log(JSON.stringify(report));
process.exit(0);
