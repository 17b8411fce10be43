// Competitors side by side in one run: rounds interleaved, medians, ratios to ours. Writes bench/results/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { asked } from './asked.ts';
import { codec, rans } from './codec.ts';
import { gemm } from './gemm.ts';
import { memory, picture, scaling, start } from './own.ts';
import { prices } from './price.ts';
import type { TfjsFigures } from './tfjs.ts';
import type { KernelRow } from './tfjs-kernels.ts';
import { type Competitor, MOST_TIMES, type Runner, works } from './works.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => (values.json ? console.error(line) : console.log(line));
const rounds = values.quick ? 7 : 21;
const names = [
  'gemm',
  ...works.map((work) => work.name),
  'start',
  'memory',
  'scaling',
  'price',
  'tfjs',
  'rans',
  'codec',
];
if (values.only && !names.includes(values.only)) {
  console.error(`--only expected one of ${names.join(', ')}, not ${values.only}`);
  process.exit(2);
}

/** Loads each competitor; one that is not there is named with the reason. */
async function competitors(): Promise<Competitor[]> {
  const open: [string, () => Promise<Competitor>][] = [
    ['isthmus', async () => (await import('./competitors/ours.ts')).ours()],
    ['tfjs wasm', async () => (await import('./competitors/tfjs.ts')).tfjs('wasm')],
    ['tfjs cpu', async () => (await import('./competitors/tfjs.ts')).tfjs('cpu')],
    ['jax-js', async () => (await import('./competitors/jax-js.ts')).jaxJs()],
    ['onnxruntime-web', async () => (await import('./competitors/onnxruntime.ts')).onnxruntime()],
    ['PyTorch', async () => (await import('./competitors/pytorch.ts')).pytorch()],
  ];
  const found: Competitor[] = [];
  for (const [name, load] of open) {
    try {
      found.push(await load());
    } catch (error) {
      say(`${name} is missing: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return found;
}

interface Lane {
  readonly name: string;
  readonly runner: Runner;
  /** Repetitions of a round, so that it takes a tenth of a second, and what `fit` does once hardly counts. */
  times: number;
  readonly seconds: number[];
}

async function time(runner: Runner, times: number): Promise<number> {
  const begin = performance.now();
  await runner.run(times);
  return (performance.now() - begin) / 1000 / times;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

async function measure(all: readonly Competitor[], work: (typeof works)[number]) {
  const lanes: Lane[] = [];
  const missing: Record<string, string> = {};
  for (const competitor of all) {
    const runner = await competitor.open(work).catch((error: Error) => error.message.split('\n')[0]!);
    if (typeof runner === 'string') missing[competitor.name] = runner;
    else lanes.push({ name: competitor.name, runner, times: 1, seconds: [] });
  }
  /** A lane that fails on its way is missing from then on. */
  const drop = (lane: Lane, error: Error): number => {
    missing[lane.name] = error.message.split('\n')[0]!;
    lanes.splice(lanes.indexOf(lane), 1);
    return Number.NaN;
  };
  // Warm up for a second each: V8's optimising compiler comes in only after a while.
  for (const lane of [...lanes]) {
    const begin = performance.now();
    while (lanes.includes(lane) && performance.now() - begin < (values.quick ? 300 : 1000)) {
      const last = await time(lane.runner, lane.times).catch((error: Error) => drop(lane, error));
      lane.times = Math.min(MOST_TIMES, Math.max(1, Math.round((values.quick ? 0.03 : 0.1) / last)));
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const lane of [...lanes])
      lane.seconds.push(await time(lane.runner, lane.times).catch((error: Error) => drop(lane, error)));
  if (lanes[0]?.name !== 'isthmus') throw new Error(`isthmus does not do ${work.name}: ${missing.isthmus}`);
  const ours = median(lanes[0].seconds);
  say(`\n${work.title} (${(work.operations / 1e6).toFixed(1)} MFLOP)`);
  for (const { name, seconds } of lanes) {
    const s = median(seconds);
    say(
      `  ${name.padEnd(20)} ${(s * 1e3).toFixed(3).padStart(10)} ms  ${(s / ours).toFixed(2).padStart(8)} ×  ${(work.operations / s / 1e9).toFixed(1).padStart(6)} GFLOP/s`,
    );
  }
  for (const [name, why] of Object.entries(missing)) say(`  ${name.padEnd(20)} ${why}`);
  return {
    work: work.name,
    operations: work.operations,
    milliseconds: Object.fromEntries(lanes.map((lane) => [lane.name, median(lane.seconds) * 1e3])),
    missing,
  };
}

const wanted = (name: string): boolean => !values.only || values.only === name;
// First, while nothing of the competitors' can leave the heap and hide what we add to it.
const kept = wanted('memory') ? await memory() : undefined;
const all = ['rans', 'codec'].includes(values.only ?? '') ? [] : await competitors();
const products = wanted('gemm') ? gemm(rounds) : [];
if (products.length) say('GFLOP/s                       peak      NN      NT      TN');
for (const { flavour, shape, ...rates } of products) {
  say(
    `${flavour.padEnd(8)} ${shape.padEnd(14)} ${Object.values(rates)
      .map((r) => r.toFixed(1).padStart(7))
      .join(' ')}`,
  );
}
const results = [];
for (const work of works) if (wanted(work.name)) results.push(await measure(all, work));

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MB`;
const started = wanted('start') ? await start(rounds) : undefined;
if (started)
  say(
    `\nimport to first encode: ${started.difference.toFixed(1)} ms beyond Node's own ${started.empty.toFixed(1)} ms; in one bundle ${started.bundled.toFixed(1)} ms`,
  );
if (kept)
  say(
    `\nmemory while training 784-64-784: ${mebibytes(kept.measured)}, its parts and 64 KB: ${mebibytes(kept.parts)}; JavaScript heap after 10,000 steps: + ${mebibytes(kept.heapGrowth)}`,
  );
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const scaled = wanted('scaling') ? await scaling(values.quick) : undefined;
if (scaled) {
  say('\nbatch   µs a sample          weights   ns a weight and sample');
  for (let i = 0; i < scaled.samples.length; i++) {
    const { rows, microseconds } = scaled.samples[i]!;
    const other = scaled.weights[i];
    const right = other ? `${String(other.weights).padStart(20)}   ${other.nanoseconds.toFixed(3)}` : '';
    say(`${String(rows).padStart(5)}   ${microseconds.toFixed(2).padStart(8)}   ${right}`);
  }
  writeFileSync(new URL('results/scaling.svg', import.meta.url), await picture(scaled));
}

const priced = wanted('price') ? await prices() : [];
if (priced.length) say('\nprice                                        without      with     times');
for (const { name, without, with: other } of priced) {
  const cells = [without, other].map((ms) => `${ms.toFixed(3)} ms`.padStart(11));
  say(`${name.padEnd(43)}${cells.join('')}${(other / without).toFixed(2).padStart(8)} ×`);
}

let onTfjs: TfjsFigures | undefined;
let singly: readonly KernelRow[] = [];
if (wanted('tfjs')) {
  const { tfjsFigures } = await import('./tfjs.ts');
  onTfjs = await tfjsFigures(values.quick ? 5 : 15);
  say('\nstep on tfjs WASM, ms       without   installKernels   and fusedAdam');
  for (const net of ['dense', 'conv'] as const) {
    const { installed, fused, ...rest } = onTfjs[net];
    const other = 'cpu' in rest ? `${rest.cpu.toFixed(0)} (CPU)` : rest.plain.toFixed(2);
    say(`${net.padEnd(22)}${other.padStart(13)}${installed.toFixed(2).padStart(17)}${fused.toFixed(2).padStart(16)}`);
  }
  singly = await (await import('./tfjs-kernels.ts')).kernelRows(rounds);
  say('\nkernels on tfjs WASM, µs                             theirs     ours');
  for (const { name, of, theirs, ours } of singly) {
    const cells = [theirs, ours].map((us) => us.toFixed(1).padStart(9));
    say(`${name.padEnd(20)} ${of.padEnd(27)}${cells.join('')}${(theirs / ours).toFixed(2).padStart(8)} ×`);
  }
}
const coded = wanted('rans') ? rans(rounds) : [];
if (coded.length) say('\nMB of symbols a second              bits   coding decoding');
for (const { title, bits, coding, decoding } of coded)
  say(
    `${title.padEnd(34)}${bits.toFixed(2).padStart(6)}${coding.toFixed(0).padStart(9)}${decoding.toFixed(0).padStart(9)}`,
  );
const digits = wanted('codec') ? await codec(rounds) : undefined;
if (digits) {
  const [there, back] = [digits.compress, digits.decompress].map((rate) => Math.round(rate).toLocaleString('en'));
  say(`\n784-64-784, plain, batches of 256: ${there} digits a second compressed, ${back} decompressed`);
}

const commit = execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' }).trim();
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), node: process.version };
const versions = Object.fromEntries(all.map(({ name, version }) => [name, version]));
const report = {
  machine,
  versions,
  commit,
  gemm: products,
  works: results,
  start: started,
  memory: kept,
  scaling: scaled,
  price: priced,
  tfjs: onTfjs,
  tfjsKernels: singly,
  rans: coded,
  codec: digits,
  asked: asked(products, results, started, kept, onTfjs, coded, digits),
};
if (report.asked.length) say('\nfigure                              asked          measured');
for (const { figure, limit, measured, met } of report.asked)
  say(`${figure.padEnd(36)}${limit.padEnd(15)}${measured.padEnd(12)}${met ? '' : 'missed'}`);
writeFileSync(new URL(`results/${values.only ?? 'all'}.json`, import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
if (values.json) console.log(JSON.stringify(report));
process.exit(0);
