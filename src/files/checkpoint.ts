// A checkpoint is the file of a model with more tensors: the slots of the optimizer, by slot and weight, and the best weights so far
// where early stopping restores them. The history is JSON in the metadata: JSON represents each finite float64 exactly.

import { formatError, wrongType, wrongValue } from '../core/errors.ts';
import { boolean, type Check, type Checked, type Checks, firstNonFinite } from '../core/validate.ts';
import type { Weight } from '../engine/graph.ts';
import { type Loss, lossTerms } from '../engine/losses.ts';
import { type History, newHistory } from '../model/history.ts';
import { engineOf, engineSymbol, type Model, sessionSymbol } from '../model/model.ts';
import { decodeTensor, encodeTensor } from './dtype.ts';
import { buildModel, type LoadOptions, modelMetadata, openFile, parseMetadata } from './model.ts';
import type { ModelSource } from './read-source.ts';
import { isCount, isObject, serializeTensors, type Tensor } from './safetensors.ts';

/** Tensors with the layout of some weights, in one block of floats. `prefix`: the beginning of their names. */
interface TensorBlock {
  readonly weights: readonly Weight[];
  readonly prefix: string;
  readonly floats: Float32Array;
}

const tensorsOf = ({ weights, prefix, floats }: TensorBlock): [string, Tensor][] =>
  weights.flatMap(({ path, shape, offset, size }) =>
    encodeTensor(prefix + path, floats.slice(offset / 4, offset / 4 + size), shape, 'float32'),
  );

/** The floats of a block of `bytes` bytes. Gaps between the weights are zero. */
function readBlock(
  weights: readonly Weight[],
  bytes: number,
  prefix: string,
  tensors: ReadonlyMap<string, Tensor>,
): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(bytes / 4);
  for (const { path, shape, offset } of weights) floats.set(decodeTensor(tensors, prefix + path, shape), offset / 4);
  return floats;
}

/** The weights that have slots. */
const trainableWeights = (weights: readonly Weight[]): readonly Weight[] => weights.filter((weight) => !weight.fixed);

/**
 * The state of a training as the bytes of a `.safetensors` file: weights, optimizer, history, position in the epoch and random state.
 * Training resumes from it with the same numbers. May be called after `fit`, after an aborted `fit`, and in the callbacks of `fit`.
 * `history` defaults to the history of the model's last training. Errors: RangeError where the model was not trained, where `history`
 * belongs to another training, and where the state of the optimizer is not finite.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, loadCheckpoint, saveCheckpoint } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * let bytes = new Uint8Array();
 * const onEpochEnd = () => {
 *   bytes = saveCheckpoint(model); // write it to a file: a crash then loses one epoch at most
 * };
 * await fit(model, x, { epochs: 3, onEpochEnd, deterministic: true });
 * console.log((await loadCheckpoint(bytes)).history.epoch);
 * // prints 3
 * ```
 */
export function saveCheckpoint(model: Model, history?: History): Uint8Array<ArrayBuffer> {
  const engine = engineOf(model);
  const { record } = model[sessionSymbol];
  if (!record) throw wrongValue('model', 'one that fit has trained', model, 'one without training');
  if (history !== undefined && history !== record.history)
    throw wrongValue('history', "that of the model's last training", history);
  const { memory, network } = engine;
  const { weights, weightBytes, trainedBytes } = network;
  const { slotAddresses, best, last, ...training } = record;
  const slots = training.slots.map((slot, i): TensorBlock => {
    const floats = memory.read(slotAddresses[i]!, trainedBytes / 4);
    if (firstNonFinite(floats) >= 0)
      throw wrongValue('optimizer', 'a state of finite numbers (scale the data down)', 'one that has overflowed');
    return { weights: trainableWeights(weights), prefix: `optimizer.${slot}.`, floats };
  });
  const blocks: TensorBlock[] = [
    { weights, prefix: '', floats: memory.read(memory.parameters, weightBytes / 4) },
    ...slots,
  ];
  if (best) blocks.push({ weights, prefix: 'best.', floats: best });
  if (last) blocks.push({ weights, prefix: 'last.', floats: last });
  return serializeTensors(new Map(blocks.flatMap(tensorsOf)), {
    ...modelMetadata(model, 'isthmus-checkpoint'),
    training: JSON.stringify({ ...training, best: !!best, last: !!last }),
  });
}

/** A check whose error no user sees: `parseTraining` replaces it. */
const valid =
  <T>(predicate: (value: T) => unknown): Check<T> =>
  (name, value) => {
    if (!predicate(value as T)) throw wrongType(name, 'another value', value);
    return value as T;
  };

/** Checks the keys of `checks` with their defaults, and drops all others: a file may contain any number of them. */
const objectOf =
  <C extends Checks>(checks: C, defaults: object = {}): Check<Checked<C>> =>
  (name, value) => {
    const source: Record<string, unknown> = { ...defaults, ...valid<object>(isObject)(name, value) };
    return Object.fromEntries(
      Object.entries(checks).map(([key, check]) => [key, check(key, source[key])]),
    ) as Checked<C>;
  };

const finite = /* @__PURE__ */ valid<number>(Number.isFinite);
const count = /* @__PURE__ */ valid<number>(isCount);
const numbers = /* @__PURE__ */ valid<number[]>((list) => list.every((item) => typeof item === 'number'));

/** The checks of a `TrainingRecord` as JSON. `best` and `last` say whether the file has those weights. */
function trainingChecks() {
  const fresh = newHistory();
  const partial = { batches: count, samples: count, loss: finite, seconds: finite, rate: finite };
  const history = {
    loss: numbers,
    valLoss: numbers,
    rate: numbers,
    valRate: numbers,
    learningRate: numbers,
    seconds: numbers,
    epoch: count,
    step: count,
    bestEpoch: valid<number>(Number.isInteger),
    stoppedEarly: boolean,
    partial: objectOf(partial, fresh.partial),
  };
  const checks = {
    history: objectOf(history, fresh),
    optimizer: valid<string>((name) => typeof name === 'string'),
    slots: valid<string[]>(
      (names) =>
        names.length <= 8 && new Set(names).size === names.length && names.every((name) => typeof name === 'string'),
    ),
    seed: count,
    batchSize: count,
    loss: valid<Loss | undefined>((loss) => loss === undefined || lossTerms(loss)),
    rateWeight: finite,
    best: boolean,
    last: boolean,
  };
  return objectOf(checks, { rateWeight: 0, best: false, last: false });
}

/** The state of a training in the metadata. */
function parseTraining(value: unknown) {
  try {
    const training = trainingChecks()('training', value);
    const { loss, epoch, bestEpoch } = training.history;
    if (loss.length === epoch && bestEpoch < epoch) return training;
  } catch {}
  throw formatError('corrupt', 'training', 'the state of a training in the metadata', 'other JSON');
}

/**
 * The model of a checkpoint and its history. `fit(model, x, { ...options, resume: history })` continues the training with the
 * numbers of an uninterrupted run. Errors: those of `loadModel`.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, loadCheckpoint, saveCheckpoint } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const bytes = saveCheckpoint(model, await fit(model, x, { epochs: 2, deterministic: true }));
 * const resumed = await loadCheckpoint(bytes);
 * const history = await fit(resumed.model, x, { epochs: 5, deterministic: true, resume: resumed.history });
 * console.log(history.loss.length);
 * // prints 5
 * ```
 */
export async function loadCheckpoint(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<{
  /** The model, with the weights after the last step. */
  model: Model;
  /** The history of its training, for `resume`. */
  history: History;
}> {
  const file = await openFile(source, options);
  const { tensors, metadata } = file;
  const model = await buildModel(file, 'isthmus-checkpoint');
  const { best, last, ...training } = parseTraining(parseMetadata(metadata, 'training'));
  const engine = model[engineSymbol];
  const { network, memory } = engine;
  const { weights, weightBytes, trainedBytes } = network;
  const blocks = training.slots.map((slot) =>
    readBlock(trainableWeights(weights), trainedBytes, `optimizer.${slot}.`, tensors),
  );
  const readWeights = (prefix: string) => readBlock(weights, weightBytes, prefix, tensors);
  const bestWeights = best ? readWeights('best.') : undefined;
  const lastWeights = last ? readWeights('last.') : undefined;
  const { slots: slotAddresses } = engine.allocatePersistent({
    gradients: trainedBytes,
    slots: blocks.map(() => trainedBytes),
  });
  blocks.forEach((block, i) => {
    memory.write(slotAddresses[i]!, block);
  });
  model[sessionSymbol].record = { ...training, slotAddresses, best: bestWeights, last: lastWeights };
  return { model, history: training.history };
}
