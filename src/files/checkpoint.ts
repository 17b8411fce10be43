// A checkpoint is a model's file with more tensors: the optimizer's slots by name of slot and weight, and the
// best weights so far where early stopping keeps them. The history is JSON in the metadata; JSON writes and
// reads every float64 exactly.

import { formatError, wrongValue } from '../core/errors.ts';
import { firstNonFinite } from '../core/validate.ts';
import type { Weight } from '../engine/graph.ts';
import { lossTerms } from '../engine/losses.ts';
import { type History, newHistory } from '../model/history.ts';
import { engineOf, engineSymbol, type Model, sessionSymbol } from '../model/model.ts';
import type { TrainingRecord } from '../model/training-session.ts';
import { decodeTensor, encodeTensor } from './dtype.ts';
import { buildModel, type LoadOptions, modelMetadata, openFile, parseMetadata } from './model.ts';
import type { ModelSource } from './read-source.ts';
import { isCount, type Tensor, writeSafetensors } from './safetensors.ts';

/** A block like some weights, as tensors named by a prefix and the weight. */
type FloatBlock = readonly [weights: readonly Weight[], prefix: string, floats: Float32Array];

const blockTensors = ([weights, prefix, floats]: FloatBlock): [string, Tensor][] =>
  weights.flatMap(({ path, shape, offset, size }) =>
    encodeTensor(prefix + path, floats.slice(offset / 4, offset / 4 + size), shape, 'float32'),
  );

/** The same back; what lies between the tensors is zero. */
function readBlock(
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
const trainableWeights = (weights: readonly Weight[]): readonly Weight[] => weights.filter((weight) => !weight.fixed);

/**
 * All that training needs to go on with the same numbers: weights, optimizer, history, place in the epoch and
 * random state. May be called after `fit`, after it was aborted, and in its callbacks. `history` defaults to
 * that of the model's last training. Errors: RangeError when there is none, or when it is another's.
 */
export function saveCheckpoint(model: Model, history?: History): Uint8Array<ArrayBuffer> {
  const engine = engineOf(model);
  const { record } = model[sessionSymbol];
  if (!record) throw wrongValue('model', 'one that fit has trained', model, 'one without training');
  if (history !== undefined && history !== record.history)
    throw wrongValue('history', "that of the model's last training", history);
  const { memory, network } = engine;
  const { weights, weightBytes, trainedBytes } = network;
  const { slotAddresses, best, last, ...rest } = record;
  const slots = rest.slots.map((slot, i): FloatBlock => {
    return [trainableWeights(weights), `optimizer.${slot}.`, memory.read(slotAddresses[i]!, trainedBytes / 4)];
  });
  if (slots.some(([, , floats]) => firstNonFinite(floats) >= 0)) {
    throw wrongValue('optimizer', 'a state of finite numbers (scale the data down)', 'one that has overflowed');
  }
  const blocks: FloatBlock[] = [[weights, '', memory.read(memory.parameters, weightBytes / 4)], ...slots];
  if (best) blocks.push([weights, 'best.', best]);
  if (last) blocks.push([weights, 'last.', last]);
  const training = JSON.stringify({ ...rest, best: !!best, last: !!last });
  return writeSafetensors(new Map(blocks.flatMap(blockTensors)), {
    ...modelMetadata(model, 'isthmus-checkpoint'),
    training,
  });
}

/** Whether a value is made as another one is: numbers where numbers are, lists of them where lists are. */
const isLike = (value: unknown, model: unknown): boolean =>
  Array.isArray(model)
    ? Array.isArray(value) && value.every((one) => typeof one === 'number')
    : typeof model === 'object'
      ? Object.entries(model!).every(([key, one]) => isLike((value as Record<string, unknown> | null)?.[key], one))
      : typeof value === typeof model;

/** The values of an object that another one has too: a file may have others, of any size and depth. */
const pickKeys = <T extends object>(value: T, model: object): T =>
  Object.fromEntries(Object.keys(model).map((key) => [key, value[key as keyof T]])) as T;

/** What stands in the metadata, if it is sound. A file has rates only where they were trained. */
function parseTraining(value: unknown): Omit<TrainingRecord, 'slotAddresses' | 'best' | 'last'> & {
  best: boolean;
  last: boolean;
} {
  const t = { rateWeight: 0, ...(value as object) } as ReturnType<typeof parseTraining>;
  const { history: saved, optimizer, slots, seed, batchSize, loss, rateWeight, best, last } = t;
  const fresh = newHistory();
  const part = pickKeys({ ...fresh.partial, ...saved?.partial }, fresh.partial);
  const history: History = pickKeys({ ...fresh, ...saved, partial: part }, fresh);
  const { epoch, step, bestEpoch, partial } = history;
  try {
    const sound =
      saved && isLike(history, fresh) && typeof optimizer === 'string' && slots.length <= 8 &&
      new Set(slots).size === slots.length && slots.every((slot) => typeof slot === 'string') && Number.isFinite(rateWeight) &&
      [seed, batchSize, epoch, step, partial.batches, partial.samples].every(isCount) &&
      history.loss.length === epoch && Number.isInteger(bestEpoch) && bestEpoch < epoch &&
      (loss === undefined || lossTerms(loss)); // biome-ignore format: a list of conditions
    if (sound) return { history, optimizer, slots, seed, batchSize, loss, rateWeight, best, last };
  } catch {}
  throw formatError('corrupt', 'training', 'the state of a training in the metadata', 'other JSON');
}

/**
 * The model of a checkpoint and its history; `fit(model, x, { ...options, resume: history })` goes on with the
 * numbers that an uninterrupted run would have had. Errors: as `loadModel`.
 */
export async function loadCheckpoint(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<{ model: Model; history: History }> {
  const file = await openFile(source, options);
  const { tensors, metadata } = file;
  const model = await buildModel(file, 'isthmus-checkpoint');
  const { best, last, ...rest } = parseTraining(parseMetadata(metadata, 'training'));
  const engine = model[engineSymbol];
  const { network, memory } = engine;
  const { weights, weightBytes, trainedBytes } = network;
  const blocks = rest.slots.map((slot) =>
    readBlock(trainableWeights(weights), trainedBytes, `optimizer.${slot}.`, tensors),
  );
  const kept = (there: boolean, prefix: string) =>
    there ? readBlock(weights, weightBytes, prefix, tensors) : undefined;
  const own = { best: kept(best, 'best.'), last: kept(last, 'last.') };
  const { slots: slotAddresses } = engine.allocatePersistent({
    gradients: trainedBytes,
    slots: blocks.map(() => trainedBytes),
  });
  blocks.forEach((block, i) => {
    memory.write(slotAddresses[i]!, block);
  });
  model[sessionSymbol].record = { ...rest, slotAddresses, ...own };
  return { model, history: rest.history };
}
