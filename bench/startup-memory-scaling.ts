// Figures of isthmus alone: startup time, memory, and the cost of a step by batch size and by number of weights.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { adam, autoencoder, dense, fit, type Model } from 'isthmus';
// @ts-expect-error a script without types
import { bundle } from '../scripts/size.mjs';
import { median } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const build = (inputs: number, units: number): Promise<Model> =>
  autoencoder(
    {
      input: [inputs],
      encoder: [dense({ units, activation: 'relu' })],
      decoder: [dense({ units: inputs, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );

const code =
  "import { autoencoder, dense } from 'isthmus';\nconst m = await autoencoder({ input: [784], encoder: [dense({ units: 64 })], decoder: [dense({ units: 784 })] }, { seed: 1 });\nm.encode(new Float32Array(784));\n";

/** Milliseconds. */
export interface Startup {
  /** An empty script. */
  readonly empty: number;
  /** The time that the installed package adds. */
  readonly difference: number;
  /** The time that the package adds in one file with the script, as a bundler makes it. */
  readonly bundled: number;
}

/** Measures the time from the start of Node to the first code. */
export async function measureStartup(rounds: number): Promise<Startup> {
  mkdirSync(`${root}build`, { recursive: true });
  const scripts = { empty: '', imported: code, bundled: await bundle(code) };
  const names = Object.keys(scripts) as (keyof typeof scripts)[];
  const times = { empty: [] as number[], imported: [] as number[], bundled: [] as number[] };
  for (const name of names) writeFileSync(`${root}build/${name}.mjs`, scripts[name]);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const begin = performance.now();
      const { status } = spawnSync(process.execPath, [`${root}build/${name}.mjs`], { cwd: root });
      if (status !== 0) throw new Error(`build/${name}.mjs fails`);
      times[name].push(performance.now() - begin);
    }
  }
  const empty = median(times.empty);
  return { empty, difference: median(times.imported) - empty, bundled: median(times.bundled) - empty };
}

/** Microseconds of a training step: the median of five runs of `steps` steps. */
async function stepTime(model: Model, inputs: number, rows: number, steps: number): Promise<number> {
  const x = new Uint8Array(inputs * rows * steps).map((_, i) => i * 7919);
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const begin = performance.now();
    await fit(model, x, { batchSize: rows, optimizer: adam(), shuffle: false });
    runs.push(((performance.now() - begin) * 1000) / steps);
  }
  return median(runs.slice(1));
}

export interface Scaling {
  /** Microseconds for one sample, by batch size, of 784-64-784. */
  readonly samples: readonly { rows: number; microseconds: number }[];
  /** Nanoseconds for one weight and one sample, by number of weights, in batches of 32. */
  readonly weights: readonly { weights: number; nanoseconds: number }[];
}

export async function measureScaling(quick: boolean): Promise<Scaling> {
  const samples = [];
  const model = await build(784, 64);
  for (const rows of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) {
    const microseconds = (await stepTime(model, 784, rows, Math.ceil((quick ? 256 : 2048) / rows))) / rows;
    samples.push({ rows, microseconds });
  }
  const weights = [];
  for (const side of [64, 128, 256, 512, 1024, 2048]) {
    const net = await build(side, Math.round(side * 1.2));
    // At least 16 steps, so that the work that `fit` does once, such as clearing the slots, counts little.
    const steps = Math.max(16, Math.ceil((quick ? 2e8 : 1e9) / (6 * 32 * net.parameterCount)));
    const microseconds = await stepTime(net, side, 32, Math.min(steps, 400));
    weights.push({ weights: net.parameterCount, nanoseconds: (microseconds * 1000) / 32 / net.parameterCount });
  }
  return { samples, weights };
}

/** Draws both curves as SVG. */
export async function scalingChart({ samples, weights }: Scaling): Promise<string> {
  const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
  const curve = (values: object[], x: string, y: string, title: string) => ({
    title,
    data: { values: values as Record<string, number>[] },
    mark: { type: 'line' as const, point: true },
    encoding: {
      x: { field: x, type: 'quantitative' as const, scale: { type: 'log' as const } },
      y: { field: y, type: 'quantitative' as const, scale: { zero: true } },
    },
  });
  const charts = [
    curve([...samples], 'rows', 'microseconds', 'Cost of a sample by batch size'),
    curve([...weights], 'weights', 'nanoseconds', 'Cost of a weight and sample by size'),
  ];
  const view = new vega.View(vega.parse(lite.compile({ background: 'white', hconcat: charts }).spec), {
    renderer: 'none',
  });
  return view.toSVG();
}

/** Bytes. */
export interface MemoryUse {
  /** The memory of the model after training. */
  readonly measured: number;
  /** Weights, gradients, slots, batch, outputs and gradients of activations, and 64 KB. */
  readonly parts: number;
  /** The same without the bytes of the batch and the gradients of activations. */
  readonly formula: number;
  /** Growth of the JavaScript heap in 10,000 steps. */
  readonly heapGrowth: number;
}

/** Measures the memory of a training of 784-64-784. */
export async function measureMemory(): Promise<MemoryUse> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('the heap can be measured only with node --expose-gc');
  const memories: WebAssembly.Memory[] = [];
  const Original = WebAssembly.Memory;
  WebAssembly.Memory = class extends Original {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  } as typeof WebAssembly.Memory;
  const model = await build(784, 64);
  WebAssembly.Memory = Original;
  const x = new Uint8Array(784 * 32 * 100).map((_, i) => i * 7919);
  await fit(model, x, { epochs: 2 });
  collect();
  const before = process.memoryUsage().heapUsed;
  await fit(model, x, { epochs: 100 });
  collect();
  const heapGrowth = process.memoryUsage().heapUsed - before;
  // Weights, gradients and two slots; the batch as floats and bytes; outputs and two gradients of 784 × 32.
  const parts = model.parameterCount * 4 * 4 + 784 * 32 * (4 + 1) + 32 * 4 * (64 + 784) + 2 * 784 * 32 * 4 + 65536;
  // The same without the batch's bytes and the gradients of activations.
  const formula = model.parameterCount * 4 * 4 + 32 * 4 * (784 + 64 + 784) + 65536;
  return { measured: memories[0]!.buffer.byteLength, parts, formula, heapGrowth };
}
