// Trains with one thread and with three, and tells whether workers took a part.
import * as isthmus from 'isthmus';
import { spawn } from 'isthmus/worker';

export interface Report {
  /** Digests of the weights: of one thread, of three, and of three in a worker of `spawn`. */
  readonly digests: readonly number[];
  /** Shares that workers took before the calling thread came to them. */
  readonly shares: number;
  readonly warnings: readonly string[];
}

const SIZE = 200;
const BATCH = 64;
const x = Float32Array.from({ length: 12 * BATCH * SIZE }, (_, i) => ((i * 7919) % 1000) / 1000);
const options = { epochs: 3, batchSize: BATCH, deterministic: true } as const;
/** Lets workers start: fit does not wait for them. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 300);
  });

type Calls = Pick<typeof isthmus, 'autoencoder' | 'fit' | 'saveModel'>;

async function digest({ autoencoder, fit, saveModel }: Calls, threads: number): Promise<number> {
  const { dense } = isthmus;
  const encoder = [dense({ units: 160, activation: 'relu' }), dense({ units: 20 })];
  const decoder = [dense({ units: SIZE, activation: 'sigmoid' })];
  const model = await autoencoder({ input: [SIZE], encoder, decoder }, { seed: 1 });
  await fit(model, x, { ...options, threads, onEpochEnd: (epoch) => (epoch < 2 ? pause() : undefined) });
  return (await saveModel(model)).reduce((hash, byte) => (hash * 31 + byte) >>> 0, 0);
}

export async function report(): Promise<Report> {
  let shares = 0;
  const { compareExchange } = Atomics;
  // The package reads it when fit needs threads for the first time.
  Atomics.compareExchange = ((array: Int32Array, index: number, expected: number, value: number) => {
    const found = compareExchange(array, index, expected, value);
    if (found !== expected) shares++;
    return found;
  }) as typeof Atomics.compareExchange;
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (message: string) => warnings.push(message);
  try {
    const digests = [await digest(isthmus, 1), await digest(isthmus, 3)];
    const { terminate, ...calls } = await spawn();
    digests.push(await digest(calls as unknown as Calls, 3));
    await terminate();
    return { digests, shares, warnings };
  } finally {
    console.warn = warn;
  }
}
