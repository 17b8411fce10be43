// A checkpoint is a model's file with more tensors: the optimizer's slots by name of slot and weight, and the
// best weights so far where early stopping keeps them. The history is JSON in the metadata; JSON writes and
// reads every float64 exactly.

import type { Weight } from '../engine/network.ts';
import { FormatError, wrongValue } from '../errors.ts';
import { type Loss, lossTerms } from '../losses.ts';
import { engineIn, engineOf, type Model } from '../model.ts';
import { type History, newHistory, type TrainingRecord } from '../train/record.ts';
import { decodeTensor, encodeTensor } from './dtype.ts';
import { build, bytesOf, describe, json, type LoadOptions, type ModelSource } from './model.ts';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';

/** One block like the weights, as tensors named `prefix` and weight. */
function blockTensors(weights: readonly Weight[], prefix: string, floats: Float32Array): [string, Tensor][] {
  return weights.flatMap(({ path, shape, offset, size }) =>
    encodeTensor(prefix + path, floats.slice(offset / 4, offset / 4 + size), shape, 'float32'),
  );
}

/** The same back; what lies between the tensors is zero. */
function blockOf(
  weights: readonly Weight[],
  bytes: number,
  prefix: string,
  tensors: ReadonlyMap<string, Tensor>,
): Float32Array<ArrayBuffer> {
  const block = new Float32Array(bytes / 4);
  for (const { path, shape, offset } of weights) block.set(decodeTensor(tensors, prefix + path, shape), offset / 4);
  return block;
}

/** Weights that have slots. */
const trained = (weights: readonly Weight[]): readonly Weight[] => weights.filter((weight) => !weight.fixed);

/**
 * All that training needs to go on with the same numbers: weights, optimizer, history, place in the epoch and
 * random state. May be called after `fit`, after it was aborted, and in its callbacks. `history` defaults to
 * that of the model's last training. Errors: RangeError when there is none, or when it is another's.
 */
export function saveCheckpoint(model: Model, history?: History): Uint8Array<ArrayBuffer> {
  const engine = engineIn(model);
  const record = engine.training;
  if (!record) throw wrongValue('model', 'one that fit has trained', 'one without training');
  if (history !== undefined && history !== record.history)
    throw wrongValue('history', "that of the model's last training", history);
  const { memory, network } = engine;
  const tensors = blockTensors(network.weights, '', memory.read(memory.parameters, network.bytes / 4));
  record.slots.forEach((slot, i) => {
    const block = memory.read(record.addresses[i]!, network.trainedBytes / 4);
    tensors.push(...blockTensors(trained(network.weights), `optimizer.${slot}.`, block));
  });
  const { optimizer, slots, seed, batchSize, best, last, loss, rateWeight } = record;
  if (best) tensors.push(...blockTensors(network.weights, 'best.', best));
  if (last) tensors.push(...blockTensors(network.weights, 'last.', last));
  const kept = { best: best !== undefined, last: last !== undefined };
  const training = { optimizer, slots, seed, batchSize, ...kept, loss, rateWeight, history: record.history };
  const metadata = { ...describe(model, 'isthmus-checkpoint'), training: JSON.stringify(training) };
  const states = record.slots.map((_, i) => memory.read(record.addresses[i]!, network.trainedBytes / 4));
  if (states.some((block) => block.some((value) => !Number.isFinite(value)))) {
    throw wrongValue('optimizer', 'a state of finite numbers (scale the data down)', 'one that has overflowed');
  }
  return writeSafetensors(new Map(tensors), metadata);
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isLoss = (value: unknown): boolean => {
  try {
    return value === undefined || lossTerms(value as Loss).length > 0;
  } catch {
    return false;
  }
};
const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every((v) => typeof v === 'number');

/** What a file has only where the rate was trained. */
const isRates = (weight: unknown, { rate = [], valRate = [], partial }: Partial<History>): boolean =>
  (weight === undefined || Number.isFinite(weight)) && isNumbers(rate) && isNumbers(valRate) &&
  (partial!.rate === undefined || typeof partial!.rate === 'number'); // biome-ignore format: a list of conditions

/** What stands in the metadata, if it is whole. */
function trainingOf(value: unknown): Omit<TrainingRecord, 'addresses' | 'best' | 'last' | 'rateWeight'> & {
  best: boolean;
  last?: boolean;
  rateWeight?: number;
} {
  const t = value as ReturnType<typeof trainingOf> | null;
  const h = t?.history as History | undefined;
  const sound =
    t && h && typeof t.optimizer === 'string' && Array.isArray(t.slots) && t.slots.length <= 8 &&
    t.slots.every((slot) => typeof slot === 'string') && isCount(t.seed) && isCount(t.batchSize) && isLoss(t.loss) &&
    isNumbers(h.loss) && isNumbers(h.valLoss) && isNumbers(h.learningRate) && isNumbers(h.seconds) &&
    isCount(h.epoch) && isCount(h.step) && h.loss.length === h.epoch && Number.isInteger(h.bestEpoch) &&
    h.bestEpoch < h.epoch && h.partial && isCount(h.partial.batches) && isCount(h.partial.samples) &&
    typeof h.partial.loss === 'number' && typeof h.partial.seconds === 'number' && isRates(t.rateWeight, h); // biome-ignore format: a list of conditions
  if (!sound)
    throw new FormatError('corrupt', '"training" expected the state of a training in the metadata, got other JSON');
  return t;
}

/**
 * The model of a checkpoint and its history; `fit(model, x, { ...options, resume: history })` goes on with the
 * numbers that an uninterrupted run would have had. Errors: as `loadModel`.
 */
export async function loadCheckpoint(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<{ model: Model; history: History }> {
  const { tensors, metadata } = readSafetensors(await bytesOf(source));
  const model = await build(metadata, tensors, 'isthmus-checkpoint', options);
  const { history: saved, best, last, loss, rateWeight = 0, ...rest } = trainingOf(json(metadata, 'training'));
  const { optimizer, slots, seed, batchSize } = rest;
  const engine = model[engineOf];
  const { network, memory } = engine;
  const { trainedBytes } = network;
  const blocks = slots.map((slot) => blockOf(trained(network.weights), trainedBytes, `optimizer.${slot}.`, tensors));
  const kept = (there: boolean | undefined, prefix: string) =>
    there ? blockOf(network.weights, network.bytes, prefix, tensors) : undefined;
  const weights = { best: kept(best, 'best.'), last: kept(last, 'last.') };
  const addresses = engine.reserve([trainedBytes, ...slots.map(() => trainedBytes)]).slice(1);
  blocks.forEach((block, i) => {
    memory.write(addresses[i]!, block);
  });
  const fresh = newHistory();
  const history: History = { ...fresh, ...saved, partial: { ...fresh.partial, ...saved.partial } };
  engine.training = { history, optimizer, slots, seed, batchSize, addresses, loss, rateWeight, ...weights };
  engine.loss = loss;
  engine.rateWeight = rateWeight;
  return { model, history };
}
