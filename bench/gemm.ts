// The rates of the three forms of the matrix product and of a loop without memory access, in GFLOP/s.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// @ts-expect-error a script without types
import { encodeText } from '../scripts/encode-text.mjs';
import { RELAXED } from '../src/wasm/text/alphabet.ts';
import { decodeText } from '../src/wasm/text/decode.ts';
import { median } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

type Kernel = (...numbers: number[]) => number;

function load(flavour: string, memory: WebAssembly.Memory): Record<string, Kernel> {
  mkdirSync(`${root}build`, { recursive: true });
  const out = `${root}build/peak.${flavour}.wasm`;
  const asc = [
    `${root}node_modules/assemblyscript/bin/asc.js`,
    `${root}bench/peak.ts`,
    ...['--config', `${root}asconfig.json`, '-o', out],
  ];
  const { status } = spawnSync(process.execPath, asc, { stdio: ['ignore', 'inherit', 'inherit'], cwd: root });
  if (status !== 0) throw new Error('the peak loop does not compile');
  const exportsOf = (bytes: Uint8Array<ArrayBuffer>): Record<string, Kernel> =>
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as Record<string, Kernel>;
  const peakLoop = (paired: boolean): Kernel => {
    const text = encodeText(readFileSync(out), paired);
    return exportsOf(decodeText(flavour === 'relaxed' ? RELAXED + text : text)).peak!;
  };
  const modules = ['infer', 'train'].map((name) => exportsOf(readFileSync(`${root}dist/wasm/${name}.${flavour}.wasm`)));
  return { peak: peakLoop(false), pairedPeak: peakLoop(true), ...modules[0], ...modules[1] };
}

/** A function to measure, and the floating-point operations of one call. */
interface Lane {
  readonly run: () => void;
  readonly operations: number;
}

/** Median rates in GFLOP/s over `rounds`. The lanes take turns of about two milliseconds. */
function rates<Name extends string>(lanes: Record<Name, Lane>, rounds: number): Record<Name, number> {
  const names = Object.keys(lanes) as Name[];
  const samples = names.map((): number[] => []);
  for (let round = -20; round < rounds; round++) {
    names.forEach((name, lane) => {
      const { run, operations } = lanes[name];
      const times = Math.max(1, Math.round(1e8 / operations));
      const begin = performance.now();
      for (let i = 0; i < times; i++) run();
      if (round >= 0) samples[lane]!.push((operations * times) / (performance.now() - begin) / 1e6);
    });
  }
  const medians = names.map((name, lane) => [name, median(samples[lane]!)]);
  return Object.fromEntries(medians) as Record<Name, number>;
}

export interface GemmRow {
  readonly flavour: string;
  readonly shape: string;
  /** The loop of bench/peak.ts: products and sums in turn. */
  readonly peak: number;
  /** The same loop with two products before their sums, as the build moves them in kernels. */
  readonly pairedPeak: number;
  readonly NN: number;
  readonly NT: number;
  readonly TN: number;
}

export function gemm(rounds: number): GemmRow[] {
  const memory = new WebAssembly.Memory({ initial: 128 });
  new Float32Array(memory.buffer).forEach((_, i, all) => {
    all[i] = Math.sin(i) / 10;
  });
  const [a, b, c, scratch] = [2 ** 20, 3 * 2 ** 20, 5 * 2 ** 20, 1024];
  return ['relaxed', 'strict'].flatMap((flavour) => {
    const k = load(flavour, memory);
    return [
      [32, 784, 64],
      [256, 784, 64],
      [480, 480, 480],
    ].map(([m, n, p]) => {
      const [rows, inner, columns] = [m!, n!, p!];
      const operations = 2 * rows * inner * columns;
      return {
        flavour,
        shape: `${rows}×${inner}×${columns}`,
        ...rates(
          {
            peak: { run: () => k.peak!(20_000, 0.5), operations: 96 * 20_000 },
            pairedPeak: { run: () => k.pairedPeak!(20_000, 0.5), operations: 96 * 20_000 },
            NN: { run: () => k.gemm!(c, a, b, 0, rows, columns, inner, 0, scratch), operations },
            NT: { run: () => k.gemmNT!(c, a, b, rows, columns, inner, 0, scratch), operations },
            TN: { run: () => k.gemmTN!(c, a, b, rows, columns, inner, 0, scratch, rows), operations },
          },
          rounds,
        ),
      };
    });
  });
}
