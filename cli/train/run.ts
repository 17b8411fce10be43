// Trains a model and writes it.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { autoencoder, fit, type History, type Model, saveCheckpoint } from 'isthmus';
import type { ModelSamples, SampleOptions } from '../../jobs/samples.ts';
import {
  type DataDescription,
  describeSamples,
  sampleOptionsFor,
  withDescription,
} from '../../jobs/train/data-description.ts';
import { fitOptionsOf, specOf } from '../../jobs/train/model.ts';
import { explainedVariance } from '../../jobs/train/quality.ts';
import { completeSettings, type TrainSettings } from '../../jobs/train/settings.ts';
import { splitSamples } from '../../jobs/train/split.ts';
import { writeFileAtomically } from '../../tools/files.ts';
import type { TrainOptions } from '../commands/train.ts';
import type { Context } from '../context.ts';
import { readSamples, sampleOptionsOf } from '../data-options.ts';
import { isAbort, UsageError } from '../errors.ts';
import { checkOutput, planOutputs, writeOutput } from '../output.ts';
import { modelBytes, modelEnding } from './export.ts';
import { resumeTraining } from './resume.ts';

/** A training that can be interrupted. */
interface Training {
  readonly model: Model;
  readonly samples: ModelSamples;
  readonly settings: TrainSettings;
  readonly description: DataDescription;
  /** The history of the checkpoint that the training continues from. */
  readonly resume?: History;
}

/** The files of a training. */
interface TrainingFiles {
  readonly data: readonly string[];
  readonly model: string;
  /** Where the state is saved: by Ctrl-C, and after each epoch with `everyEpoch`. */
  readonly checkpoint: string;
  readonly everyEpoch: boolean;
}

const withoutEnding = (name: string): string => name.replace(/(\.[a-z0-9]+)?(\.gz|\.zst)?(:[^:/\\]+)?$/i, '');

/** A name for the checkpoint of an interrupted training that no file has. */
function freeCheckpoint(model: string): string {
  const start = model === '-' ? 'isthmus' : withoutEnding(model);
  for (let i = 1; ; i++) {
    const path = `${start}.checkpoint${i > 1 ? `-${i}` : ''}.safetensors`;
    if (!existsSync(path)) return path;
  }
}

/** The files of a training, each checked before the work. */
function planFiles(context: Context, data: readonly string[], options: TrainOptions): TrainingFiles {
  const rename = (name: string): string => `${withoutEnding(name)}.safetensors`;
  const [model] = planOutputs(context, data, { rename, single: true }) as [string];
  modelEnding(model);
  const { checkpoint, resume } = options;
  if (checkpoint !== undefined && checkpoint !== resume) checkOutput(context, checkpoint, data);
  const everyEpoch = checkpoint !== undefined;
  return { data, model, checkpoint: checkpoint ?? resume ?? freeCheckpoint(model), everyEpoch };
}

/** Windows that overlap give more samples. */
const strideOf = ({ stride, window }: SampleOptions): number | undefined =>
  stride ?? (window === undefined ? undefined : Math.max(1, window >> 2));

async function prepare(context: Context, data: readonly string[], options: TrainOptions): Promise<Training> {
  const chosen = sampleOptionsOf(options);
  if (options.resume !== undefined) {
    const { model, history, description, settings } = await resumeTraining(options.resume, options);
    const samples = await readSamples(context, data, options, sampleOptionsFor(model, description, chosen, true));
    return { model, samples, settings, description, resume: history };
  }
  const sampleOptions = { ...chosen, stride: strideOf(chosen) };
  const samples = await readSamples(context, data, options, sampleOptions);
  const settings = completeSettings(samples, options);
  const model = await autoencoder(specOf(settings), { seed: settings.seed });
  return { model, samples, settings, description: describeSamples(samples, sampleOptions, settings) };
}

const stateOf = ({ model, description, settings }: Training): Uint8Array =>
  withDescription(saveCheckpoint(model), { ...description, settings });

/** Trains with a progress bar. Ctrl-C saves the state. */
async function fitModel(context: Context, training: Training, files: TrainingFiles): Promise<History> {
  const { model, samples, settings, resume } = training;
  const { train, validation } = splitSamples(samples, settings.validation);
  const progress = await context.progress('training');
  const { signal } = context;
  let validationText = '';
  try {
    return await fit(model, train.x, {
      ...fitOptionsOf(settings),
      ...(validation && { validationData: validation.x }),
      signal,
      ...(resume && { resume }),
      onBatchEnd: (batch, { epoch, batches = 1, loss }) => {
        const note = `epoch ${epoch + 1}/${settings.epochs}  loss ${loss.toPrecision(4)}${validationText}`;
        progress.update((epoch + (batch + 1) / batches) / settings.epochs, note);
      },
      onEpochEnd: async (_, { valLoss }) => {
        if (valLoss !== undefined) validationText = `  validation ${valLoss.toPrecision(4)}`;
        if (files.everyEpoch) await writeOutput(context, files.checkpoint, stateOf(training));
      },
    });
  } catch (error) {
    progress.stop();
    if (isAbort(error)) saveInterrupted(context, training, files);
    throw error;
  } finally {
    progress.stop();
  }
}

const quoted = (path: string): string => (/^[\w./:=+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** Saves the state of an interrupted training and prints the command that continues. */
function saveInterrupted(context: Context, training: Training, { data, model, checkpoint }: TrainingFiles): void {
  const { history } = training.model;
  if (!history || history.step === 0) return;
  writeFileAtomically(checkpoint, stateOf(training));
  const command = `isthmus train ${data.map(quoted).join(' ')} --resume ${quoted(checkpoint)} -o ${quoted(model)}`;
  console.error(
    `stopped in epoch ${history.epoch + 1} of ${training.settings.epochs}; saved ${checkpoint}; to continue:`,
  );
  console.error(`  ${command}`);
  context.result({ interrupted: true, checkpoint, epochs: history.epoch, steps: history.step, resume: command });
}

const count = (value: number): string => value.toLocaleString('en-US');

/** Below this number a model learns its samples by heart. */
const MINIMUM_SAMPLES = 20;

/** The summary for people and for `--json`. */
function report(context: Context, training: Training, history: History, { model: path }: TrainingFiles): void {
  const { model, samples, settings } = training;
  const { validation } = splitSamples(samples, settings.validation);
  const explained = explainedVariance(model, validation ?? samples);
  const seconds = history.seconds.reduce((sum, value) => sum + value, 0);
  const parameters = model.parameterCount;
  const shapes = [settings.input, model.latentShape, settings.input].map((shape) => shape.join(' x ')).join(' → ');
  const epochs = `${history.epoch} ${history.epoch === 1 ? 'epoch' : 'epochs'}${history.stoppedEarly ? ' (stopped early)' : ''}`;
  const name = path === '-' ? 'model' : path;
  context.say(`${name}: ${settings.kind} autoencoder, ${shapes}, ${count(parameters)} parameters`);
  const part = validation ? `${count(validation.count)} ${samples.kind} that were not used for training` : samples.kind;
  context.say(
    `${epochs} of ${count(samples.count)} ${samples.kind} in ${seconds.toFixed(1)} s; the model reconstructs ${(100 * Math.max(explained, 0)).toFixed(1)} % of the variance of the ${part}`,
  );
  if (samples.count < MINIMUM_SAMPLES)
    context.warn(`${samples.count} ${samples.kind} are too little data for a model that fits other data too`);
  else if (explained < 0.1 && settings.kind !== 'denoising')
    context.warn(
      'the model has learned little: try more --epochs or --latent, or data whose values depend on each other',
    );
  context.result({
    output: path,
    kind: settings.kind,
    samples: samples.count,
    input: settings.input,
    latent: model.latentShape,
    parameters,
    epochs: history.epoch,
    stoppedEarly: history.stoppedEarly,
    loss: history.loss.at(-1),
    validationLoss: history.valLoss.at(-1),
    explainedVariance: explained,
    seconds,
    seed: settings.seed,
  });
}

/** `--code`: JavaScript that trains the same model. */
async function printCode(context: Context, data: readonly string[], options: TrainOptions): Promise<void> {
  if (options.resume !== undefined) throw new UsageError('--code and --resume exclude each other');
  const chosen = sampleOptionsOf(options);
  const sampleOptions = { ...chosen, stride: strideOf(chosen) };
  const samples = await readSamples(context, data, options, sampleOptions);
  const settings = completeSettings(samples, options);
  const [{ trainCode }, { codeSourceOf }] = await Promise.all([
    import('../../jobs/code/train.ts'),
    import('./source.ts'),
  ]);
  const source = await codeSourceOf(data, samples, options, sampleOptions);
  const output = context.flags.output ?? `${withoutEnding(basename(data[0]!))}.safetensors`;
  const { kind, count } = samples;
  await context.print(trainCode({ settings, kind, count, source, output, dtype: options.dtype ?? 'float32' }));
}

/** `isthmus train`. */
export async function runTrain(context: Context, data: readonly string[], options: TrainOptions): Promise<void> {
  if (context.flags.code) {
    await printCode(context, data, options);
    return;
  }
  const files = planFiles(context, data, options);
  const training = await prepare(context, data, options);
  const history = await fitModel(context, training, files);
  const { model, description } = training;
  const bytes = await modelBytes(model, { path: files.model, dtype: options.dtype ?? 'float32', description });
  await writeOutput(context, files.model, bytes);
  report(context, training, history, files);
}
