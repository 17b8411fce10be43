// Loading takes time and memory in proportion to the bytes of a file, whatever the file claims: files forged with right
// checksums are loaded in a thread with a heap of 96 MB, and their cost is compared with that of a valid file of 1 MB.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Cost, Task } from './cost-thread.ts';
import { checkpointFile, codecFile, detectorFile, type ForgedTensor, floats, modelFile, withHeader } from './forge.ts';

/** Limits of SECURITY.md: bytes of buffers and WebAssembly memory for each byte of a file, and a constant added to them. */
const FACTOR = 64;
const BASE_BYTES = 2 ** 20;

/** The costs of tasks that run in a thread whose heap is `heap` MB. */
export function costsOf(tasks: readonly Task[], heap = 96): Promise<Cost[]> {
  return new Promise((resolve, reject) => {
    const costs: Cost[] = [];
    const worker = new Worker(new URL('cost-thread.ts', import.meta.url), {
      workerData: tasks,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    worker.on('message', (cost: Cost) => costs.push(cost));
    worker.on('error', (error: Error) => {
      reject(new Error(`${tasks[costs.length]?.name}: ${error.message}`, { cause: error }));
    });
    worker.on('exit', () => resolve(costs));
  });
}

type Tensors = Record<string, ForgedTensor>;

const repeat = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
const flatten = { type: 'flatten' };
const one = { type: 'dense', units: 1, useBias: false };
const kernel: ForgedTensor = ['F32', [1, 1], floats(1)];

/** The spec and the weights of a chain of `n` dense layers of one unit. */
const chain = (n: number, input: readonly number[] = [1]): [object, Tensors] => [
  { input, encoder: repeat(n, () => one), decoder: [one] },
  { ...Object.fromEntries(repeat(n, (i) => [`encoder.${i}.kernel`, kernel])), 'decoder.0.kernel': kernel },
];

const huge = (encoder: object[], decoder: object[], input: number[]): object => ({ input, encoder, decoder });

/** `layers` nested in `levels` residual layers, each of which also contains the layers of `siblings`. */
const nested = (levels: number, layers: object[], siblings: object[] = []): object[] =>
  levels ? nested(levels - 1, [...siblings, { type: 'residual', layers }], siblings) : layers;

const training = (more: object = {}, history: object = {}): object => ({
  optimizer: 'adam',
  slots: [],
  seed: 1,
  batchSize: 1,
  best: false,
  last: false,
  history: {
    ...{ loss: [], valLoss: [], learningRate: [], seconds: [], epoch: 0, step: 0, bestEpoch: -1, stoppedEarly: false },
    ...{ partial: { batches: 0, samples: 0, loss: 0, seconds: 0 } },
    ...history,
  },
  ...more,
});

const lossless = { mode: 'lossless', lossless: true };
const bounded = { mode: 'bounded', maxError: 0.1 };
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const losslessTables = (width: number, rows = 0, stream: number[] = []): Uint8Array =>
  Uint8Array.from([...words(width, rows), ...stream]);
const boundedTables = (rows: number, step: number, block: number[]): Uint8Array =>
  Uint8Array.from([...new Uint8Array(Float64Array.of(0.1, step).buffer), ...words(rows), ...block]);
/** The table of a channel: step 1, no shift, one symbol from 0 with frequency 1. */
const channel = [0, 0, 128, 63, 0, 1, 0, 1];
const channels = (n: number): Uint8Array => Uint8Array.from({ length: 8 * n }, (_, i) => channel[i % 8]!);

const deep = (n: number): string => `${'['.repeat(n)}${']'.repeat(n)}`;
const up = (size: number) => ({ type: 'upSampling1d', size });
const pool = (poolSize: number) => ({ type: 'maxPooling1d', poolSize });

/** Every forged file, with its expected outcome: `ok` or the code of a FormatError. */
const files: readonly (readonly [outcome: string, loader: Task['loader'], name: string, bytes: Uint8Array<ArrayBuffer>])[] = [
  ['ok', 'loadModel', 'a sample of 2^28 values', modelFile(huge([flatten], [flatten], [2 ** 28]))],
  ['ok', 'loadModel', 'layers that expand one value to 2^28 and reduce them to one', modelFile(huge([up(4096), up(4096), up(16)], [pool(4096), pool(4096), pool(16)], [1, 1]))],
  ['model', 'loadModel', 'layers that expand one value to more than 4 GB', modelFile(huge(repeat(4, () => up(4096)), [flatten], [1, 1]))],
  ['model', 'loadModel', 'a dense layer of 2^24 units whose weights are missing', modelFile(huge([{ type: 'dense', units: 2 ** 24 }], [one], [1]))],
  ['ok', 'loadModel', 'a window dilated to 16 million positions', modelFile(huge([{ type: 'conv2d', filters: 1, kernelSize: 2, dilationRate: 4096, strides: 4096, padding: 'same', useBias: false }], [{ type: 'conv2dTranspose', filters: 1, kernelSize: 2, strides: 1, dilationRate: 4096, padding: 'same', useBias: false }], [1, 1, 1]), { 'encoder.0.kernel': ['F32', [2, 2, 1, 1], floats(1, 1, 1, 1)], 'decoder.0.kernel': ['F32', [2, 2, 1, 1], floats(1, 1, 1, 1)] })],
  ['model', 'loadModel', '20,000 axes', modelFile(...chain(1000, Array(20_000).fill(1)))],
  ['model', 'loadModel', 'reshapes to 20,000 axes', modelFile(huge([{ type: 'reshape', targetShape: Array(20_000).fill(1) }, ...repeat(1000, () => one)], [one], [1]))],
  ['ok', 'loadModel', '7,000 layers', modelFile(...chain(7_000))],
  ['ok', 'loadModel', '40,000 layers without weights', modelFile(huge(repeat(40_000, () => flatten), [flatten], [1]))],
  ['ok', 'loadModel', '200 levels of layers, 20 on each', modelFile(huge(nested(200, [flatten], repeat(20, () => flatten)), [flatten], [1]))],
  ['limit', 'loadModel', '20,000 levels of layers', modelFile(`{"input":[1],"encoder":[${'{"type":"residual","layers":['.repeat(20_000)}${']}'.repeat(20_000)}],"decoder":[]}`)],
  ['model', 'loadModel', 'a corruption of 5,000 mixtures', modelFile({ ...huge([flatten], [flatten], [1]), corruption: repeat(5_000, () => ({ type: 'mixture', layers: repeat(65, () => ({ type: 'maskingNoise', rate: 0 })) })) })],
  ['model', 'loadModel', 'a scale that has a scale that has a scale', modelFile(huge([one], [one], [1]), Object.fromEntries(repeat(500, (i) => [`encoder.0.kernel${'.scale'.repeat(i)}`, ['I8', i ? [1] : [1, 1], Uint8Array.of(1)] as ForgedTensor])))],
  ['model', 'loadModel', '50,000 names in the metadata', withHeader(`{"__metadata__":{${repeat(50_000, (i) => `"${i}":""`)}}}`)],
  ['model', 'loadModel', '20,000 empty tensors', withHeader(`{${repeat(20_000, (i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`)],
  ['corrupt', 'loadModel', 'a header of lists within lists', withHeader(`{"x":${deep(400_000)}}`)],
  ['model', 'loadModel', 'a spec of lists within lists', modelFile(deep(400_000))],
  ['model', 'loadModel', 'a spec of 300,000 empty objects', modelFile(`[${'{},'.repeat(300_000)}1]`)],
  ['ok', 'loadCheckpoint', 'a training state and a history with unknown properties', checkpointFile(...([chain(1)[0], training({ more: 1 }, { more: 1 }), chain(1)[1]] as const))],
  ['corrupt', 'loadCheckpoint', 'one slot eight times', checkpointFile(chain(1)[0], training({ slots: Array(8).fill('m') }), chain(1)[1])],
  ['model', 'loadCheckpoint', 'a sample of 2^28 values and a slot that is missing', checkpointFile(chain(1)[0], training({ slots: ['m'] }), chain(1)[1])],
  ['ok', 'loadCheckpoint', '7,000 layers', checkpointFile(chain(7_000)[0], training(), chain(7_000)[1])],
  ['model', 'loadDetector', 'a sample of 2^28 values whose scales are missing', detectorFile(huge([flatten], [flatten], [2 ** 28]), { falsePositiveRate: 0.01, directions: 16 })],
  ...[2 ** 28, 10 ** 8, 2 ** 28 - 57].map((n) => ['ok', 'loadCodec', `lossless, samples of ${n} bytes`, codecFile(huge([flatten], [flatten], [n]), lossless, losslessTables(n))] as const),
  ['ok', 'loadCodec', 'lossless, tables of a sample of 2^28 bytes', codecFile(huge([flatten], [flatten], [2 ** 28]), lossless, losslessTables(2 ** 28, 1, [1, 2, 3]))],
  ['corrupt', 'loadCodec', 'lossless, tables of 2^28 samples', codecFile(huge([flatten], [flatten], [1]), lossless, losslessTables(1, 2 ** 28, [1, 2, 3]))],
  ['ok', 'loadCodec', 'bounded, tables of a sample of 2^28 values', codecFile(huge([flatten], [flatten], [2 ** 28]), bounded, boundedTables(1, 0, [0, 1, 2, 3]))],
  ['ok', 'loadCodec', 'bounded, tables of a code of 2^28 values', codecFile(huge([up(4096), up(4096), up(16)], [pool(4096), pool(4096), pool(16)], [1, 1]), bounded, boundedTables(1, 1, [2, 3, 1, 2, 3, 4]))],
  ['ok', 'loadCodec', 'bounded, a plane of 2^28 columns', codecFile(huge([flatten], [{ type: 'reshape', targetShape: [1, 2 ** 14, 2 ** 14] }], [1, 2 ** 14, 2 ** 14]), { ...bounded, samplesPerBlock: 65535 }, boundedTables(1, 0, [1, 1, 2, 3]))],
  ['corrupt', 'loadCodec', 'plain, 2^28 channels and tables of one', codecFile(huge([flatten], [flatten], [2 ** 28]), { mode: 'plain' }, channels(1))],
  ['ok', 'loadCodec', 'plain, tables of 20,000 channels', codecFile(huge([flatten], [flatten], [20_000]), { mode: 'plain' }, channels(20_000))],
  ['version', 'loadCodec', 'a mode of lists within lists', codecFile(huge([flatten], [flatten], [1]), `{"mode":${deep(100_000)}}`, channels(1))],
]; // biome-ignore format: a table

describe('forged files', () => {
  it('are loaded or refused at a cost in proportion to their bytes', async () => {
    const reference = modelFile(...chain(7_500));
    assert.ok(reference.length > 0.9e6 && reference.length < 1.1e6, `${reference.length}`);
    const tasks: Task[] = [
      // The first tasks also pay for the compilation of the kernels and of the loader.
      ...repeat(3, (i): Task => ({ name: `valid file ${i}`, loader: 'loadModel', bytes: reference })),
      ...files.map(([, loader, name, bytes]): Task => ({ name, loader, bytes })),
    ];
    const costs = await costsOf(tasks);
    assert.equal(costs.length, tasks.length);
    const validCpu = Math.max(...costs.slice(0, 3).map(({ cpu }) => cpu));
    costs.slice(3).forEach(({ name, outcome, message, taken, cpu }, i) => {
      const [expected, , , { length }] = files[i]!;
      assert.equal(outcome, expected, `${name}: ${message}`);
      if (outcome !== 'ok') assert.match(message, /expected .*, got /, name);
      assert.ok(taken <= FACTOR * length + BASE_BYTES, `${name}: ${taken} bytes for ${length}`);
      // Ten times the cost per byte of the valid file, plus the cost of one valid file for the noise of the clock.
      const cpuLimit = validCpu * (1 + (10 * length) / reference.length);
      assert.ok(
        cpu <= cpuLimit,
        `${name}: ${cpu} ms for ${length} bytes, ${validCpu} ms for ${reference.length} valid bytes`,
      );
    });
  });
});
