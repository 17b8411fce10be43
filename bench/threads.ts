// Seconds of a training step with one thread and with two, in turn, and whether the weights are the same.

import type { Layer } from 'isthmus';
import { adam, autoencoder, conv2d, conv2dTranspose, dense, fit, saveModel } from 'isthmus';
import { median } from './statistics.ts';
import { convNet, pixels } from './workloads.ts';

export interface ThreadsRow {
  readonly name: string;
  readonly title: string;
  /** Median seconds of a step, of one thread and of two. */
  readonly one: number;
  readonly two: number;
  /** Weights of the two results that differ in a bit. */
  readonly differences: number;
}

interface Net {
  readonly title: string;
  readonly batchSize: number;
  readonly steps: number;
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
}

const conv = convNet.map(({ transposed, ...layer }, i) =>
  (transposed ? conv2dTranspose : conv2d)({
    ...layer,
    kernelSize: 3,
    padding: 'same',
    activation: i === convNet.length - 1 ? 'sigmoid' : 'relu',
  }),
);
const perceptron = (...units: number[]): Layer[] =>
  units.map((n, i) => dense({ units: n, activation: i === units.length - 1 ? 'sigmoid' : 'relu' }));

const nets: Readonly<Record<string, Net>> = {
  conv: { title: 'conv 28×28, 16-8-8-16-1, batch 64', batchSize: 64, steps: 400, input: [28, 28, 1], layers: conv },
  dense: { title: '784-512-64-512-784, batch 128', batchSize: 128, steps: 200, input: [784], layers: perceptron(512, 64, 512, 784) },
  small: { title: '784-64-784, batch 32', batchSize: 32, steps: 1000, input: [784], layers: perceptron(64, 784) },
  tiny: { title: '784-8-784, batch 8', batchSize: 8, steps: 2000, input: [784], layers: perceptron(8, 784) },
}; // biome-ignore format: a table

/** Median seconds of the steps of a run of `fit`, without the first half, and the file of the model. */
async function train({ batchSize, steps, input, layers }: Net, threads: number) {
  const model = await autoencoder({ input, encoder: layers.slice(0, -1), decoder: layers.slice(-1) }, { seed: 1 });
  const times: number[] = [];
  let last = 0;
  await fit(model, pixels(batchSize * 50), {
    epochs: steps / 50,
    batchSize,
    optimizer: adam(),
    deterministic: true,
    threads,
    onBatchEnd(batch, { epoch }) {
      const now = performance.now();
      if (batch > 0 && 50 * epoch >= steps / 2) times.push(now - last);
      last = now;
    },
  });
  return { seconds: median(times) / 1000, file: await saveModel(model) };
}

/** Measures all nets, in `rounds` each. */
export async function threadsRows(rounds: number): Promise<ThreadsRow[]> {
  const rows: ThreadsRow[] = [];
  for (const [name, net] of Object.entries(nets)) {
    const seconds: Record<number, number[]> = { 1: [], 2: [] };
    let differences = 0;
    for (let round = 0; round < rounds; round++) {
      const [one, two] = [await train(net, 1), await train(net, 2)];
      seconds[1]!.push(one.seconds);
      seconds[2]!.push(two.seconds);
      // Files of a model end with its weights, four bytes each.
      differences += one.file.filter((byte, i) => byte !== two.file[i]).length;
    }
    rows.push({ name, title: net.title, one: median(seconds[1]!), two: median(seconds[2]!), differences });
  }
  return rows;
}
