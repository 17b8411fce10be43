// Compares a quantized model with its strict float32 model: times, bytes, and errors on digits and on photographs.

import {
  adam,
  autoencoder,
  conv2d,
  conv2dTranspose,
  dense,
  evaluate,
  fit,
  gaussianNoise,
  loadModel,
  type Model,
  quantize,
  readSafetensors,
  saveModel,
  writeSafetensors,
} from 'isthmus';
import { psnr } from '../results/metrics.ts';
import { patches, readPhotographs } from '../results/photographs.ts';
import { spec as denoiserSpec, SIDE, stddev } from '../results/recipes/set12.ts';
import { normalNumbers } from '../tools/random.ts';
import type { RecipeData } from '../tools/results/data.ts';
import { median } from './statistics.ts';
import { convNet, pixels } from './workloads.ts';

/** Samples of the calibration. */
const CALIBRATION = 500;
/** Milliseconds of one measurement. */
const TURN = 8;

/** Milliseconds of processor time of this process. Wall-clock time would include other processes on the same core. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export const denseModel = (): Promise<Model> =>
  autoencoder(
    {
      input: [784],
      encoder: [dense({ units: 64, activation: 'relu' })],
      decoder: [dense({ units: 784, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );

export function convModel(): Promise<Model> {
  const layers = convNet.map(({ filters, strides, transposed }, i) => {
    const activation = i === convNet.length - 1 ? ('sigmoid' as const) : ('relu' as const);
    const options = { filters, strides, kernelSize: 3, padding: 'same' as const, activation };
    return transposed ? conv2dTranspose(options) : conv2d(options);
  });
  return autoencoder({ input: [28, 28, 1], encoder: layers.slice(0, 2), decoder: layers.slice(2) }, { seed: 1 });
}

export interface Times {
  readonly name: string;
  readonly rows: number;
  /** Microseconds of one call. */
  readonly float: number;
  readonly eight: number;
}

/** Medians of the processor times of `reconstruct`. Both models take turns of a few milliseconds. */
export function compareTimes(name: string, models: readonly [Model, Model], rows: number, rounds: number): Times {
  const x = pixels(rows);
  const times: [number[], number[]] = [[], []];
  const callsPerLook = rows === 1 ? 16 : 1;
  // The first second: V8 replaces the code of its first tier.
  const warm = processorTime() + 1000;
  while (processorTime() < warm) for (const model of models) model.reconstruct(x);
  for (let round = 0; round < rounds * 2; round++) {
    for (const [i, model] of models.entries()) {
      const begin = processorTime();
      let calls = 0;
      for (; processorTime() < begin + TURN; calls += callsPerLook)
        for (let call = 0; call < callsPerLook; call++) model.reconstruct(x);
      times[i]!.push((processorTime() - begin) / calls);
    }
  }
  const [float, eight] = times.map((list) => median(list) * 1e3) as [number, number];
  return { name, rows, float, eight };
}

/** Mean squared errors on the digits that were not trained on. */
export async function digitErrors(model: Model, data: RecipeData, samples: number, epochs: number) {
  const { train, test } = await data.digits();
  await fit(model, train.subarray(0, samples * 784), { epochs, seed: 1 });
  const small = await quantize(model, train.subarray(0, CALIBRATION * 784));
  const [float, eight] = [model, small].map((one) => evaluate(one, test).meanSquaredError) as [number, number];
  return { float, eight };
}

/** A model for pictures of another size: the spec in the file has another input. */
function resized(model: Model, height: number, width: number): Promise<Model> {
  const { tensors, metadata } = readSafetensors(saveModel(model));
  const spec = JSON.stringify({ ...model.spec, input: [height, width, 1] });
  return loadModel(writeSafetensors(tensors, { ...metadata, model: spec }));
}

/** Mean PSNR of the denoised photographs of Set12 in dB, after `steps` steps of the recipe set12 instead of its 36,000. */
export async function denoisedPhotographs(data: RecipeData, steps: number) {
  const train = patches(readPhotographs(data.file('denoise', 'train400')).slice(0, 100), SIDE);
  const size = SIDE * SIDE;
  const model = await autoencoder(denoiserSpec, { seed: 1 });
  const corruption = gaussianNoise({ stddev });
  const x = train.subarray(0, steps * 4 * size);
  await fit(model, x, { epochs: 1, batchSize: 4, clipNorm: 0.05, corruption, optimizer: adam(0.002) });
  const noise = normalNumbers(2);
  const calibration = Float32Array.from(train.subarray(0, 64 * size), (value) => value / 255 + stddev * noise());
  const small = await quantize(model, calibration);
  const sums = { float: 0, eight: 0 };
  const photographs = readPhotographs(data.file('denoise', 'set12'));
  for (const { height, width, data: clean } of photographs) {
    const noisy = Float32Array.from(clean, (value) => value / 255 + stddev * noise());
    for (const [name, one] of [['float', model], ['eight', small]] as const)
      sums[name] += psnr((await resized(one, height, width)).reconstruct(noisy), clean) / photographs.length;
  } // biome-ignore format: pairs
  return sums;
}

/** Bytes of the weights in memory, by the tensors of the file. */
export const weightBytes = (model: Model): number =>
  Object.values(readSafetensors(saveModel(model)).tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
