// The cost of penalties and the saving of sparse codes: a training step or a decoding with and without them.

import {
  adam,
  autoencoder,
  contractive,
  conv2d,
  dense,
  fit,
  flatten,
  kSparse,
  type Layer,
  type Model,
  reshape,
} from 'isthmus';
import { median } from './statistics.ts';

export interface PenaltyCost {
  readonly name: string;
  /** Milliseconds without and with. */
  readonly without: number;
  readonly with: number;
}

/** Runs two models in turn. Gives the median milliseconds of `run`. */
async function compare(
  name: string,
  models: readonly [Model, Model],
  run: (model: Model) => unknown,
): Promise<PenaltyCost> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < 9; round++) {
    for (const [i, model] of models.entries()) {
      const begin = performance.now();
      await run(model);
      times[i]!.push(performance.now() - begin);
    }
  }
  const [without, other] = times.map((list) => median(list.slice(1))) as [number, number];
  return { name, without, with: other };
}

const toImage = reshape({ targetShape: [28, 28, 1] });
const ROWS = 32;
const STEPS = 8;

/** Steps of 32 digits with and without a contractive penalty, for three encoders; and decoding of sparse codes. */
export async function penaltyCosts(): Promise<PenaltyCost[]> {
  const x = new Float32Array(784 * ROWS * STEPS).map((_, i) => ((i * 7919) % 1000) / 1000);
  const encoders: Readonly<Record<string, readonly Layer[]>> = {
    'contractive, 784-64, exact': [flatten(), dense({ units: 64, activation: 'sigmoid' })],
    'contractive, 784-256-64, exact': [
      flatten(),
      dense({ units: 256, activation: 'gelu' }),
      dense({ units: 64, activation: 'sigmoid' }),
    ],
    'contractive, convolutions, one direction': [
      conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      flatten(),
      dense({ units: 32 }),
    ],
  };
  const results: PenaltyCost[] = [];
  for (const [name, encoder] of Object.entries(encoders)) {
    const decoder = [dense({ units: 784, activation: 'sigmoid' })];
    const make = (more: object) =>
      autoencoder({ input: [28, 28, 1], encoder, decoder: [...decoder, toImage], ...more }, { seed: 1 });
    const models = [await make({}), await make({ latent: contractive({ weight: 0.1 }) })] as const;
    const step = (model: Model) => fit(model, x, { batchSize: ROWS, optimizer: adam() });
    const { without, with: other } = await compare(name, models, step);
    results.push({ name, without: without / STEPS, with: other / STEPS });
  }
  for (const rows of [1, 32]) {
    const spec = { input: [784], encoder: [dense({ units: 1024 })], decoder: [dense({ units: 784 })] };
    const models = [
      await autoencoder(spec, { seed: 1 }),
      await autoencoder({ ...spec, latent: kSparse({ k: 51 }) }, { seed: 1 }),
    ] as const;
    const codes = models[1].encode(x.subarray(0, 784 * rows));
    const decode = (model: Model): void => {
      for (let i = 0; i < 320 / rows; i++) model.decode(codes);
    };
    const { without, with: other } = await compare(`decoding ${rows} of 1,024 values, 5 % active`, models, decode);
    results.push({
      name: `decoding ${rows} × 1,024 values, 5 % active`,
      without: (without * rows) / 320,
      with: (other * rows) / 320,
    });
  }
  return results;
}
