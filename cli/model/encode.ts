// Samples to codes.

import { basename } from 'node:path';
import type { CodeSource } from '../../jobs/code/source.ts';
import { sampleOptionsFor } from '../../jobs/train/data-description.ts';
import type { EncodeOptions } from '../commands/encode.ts';
import type { Context } from '../context.ts';
import { readSamples, sampleOptionsOf } from '../data-options.ts';
import { Failure } from '../errors.ts';
import { planOutputs, writeOutput } from '../output.ts';
import { runInBatches } from './batches.ts';
import { type LoadedModel, readModel } from './load.ts';
import { samplesBytes, samplesEnding } from './write-samples.ts';

/** The mean of the training data, one a column; undefined where the model does not standardize its input. */
function trainingMeans({ model }: LoadedModel): Float32Array | undefined {
  const { mean } = Object.fromEntries(
    Object.entries(model.weights).flatMap(([name, { data }]) => (name === 'encoder.0.mean' ? [['mean', data]] : [])),
  );
  return mean;
}

/** Samples that fit the model. Errors: Failure for samples of another shape. */
export async function readSamplesFor(
  context: Context,
  loaded: LoadedModel,
  paths: readonly string[],
  options: EncodeOptions,
) {
  const { model, description } = loaded;
  const chosen = sampleOptionsFor(model, description, sampleOptionsOf(options), false);
  const samples = await readSamples(context, paths, options, { ...chosen, fill: trainingMeans(loaded) });
  const expected = model.inputShape.join(' x ');
  const got = samples.shape.join(' x ');
  if (expected !== got) throw new Failure(`the model takes samples of ${expected}, the data has samples of ${got}`);
  const isLarge = samples.x instanceof Float32Array && samples.x.some((value) => Math.abs(value) > 2);
  if (description?.values === 'bytes' && isLarge)
    context.warn('the model was trained on bytes, which are read as value / 255: scale these floats to 0..1');
  return samples;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** How JavaScript reads the samples of a model. */
export async function codeSourceFor(
  context: Context,
  loaded: LoadedModel,
  paths: readonly string[],
  options: EncodeOptions,
): Promise<CodeSource> {
  const { codeSourceOf } = await import('../train/source.ts');
  const samples = await readSamplesFor(context, loaded, paths, options);
  const chosen = sampleOptionsFor(loaded.model, loaded.description, sampleOptionsOf(options), false);
  const isSeries = samples.kind === 'windows' && loaded.description?.kind === 'windows';
  return await codeSourceOf(paths, samples, options, { ...chosen, window: isSeries ? chosen.window : undefined });
}

/** `isthmus encode`. */
export async function runEncode(context: Context, operands: readonly string[], options: EncodeOptions): Promise<void> {
  const [modelPath, ...data] = operands as [string, ...string[]];
  const rename = (name: string): string => `${name.replace(/\.[^.]*$/, '')}.codes.npy`;
  if (context.flags.code) {
    const loaded = await readModel(modelPath);
    const source = await codeSourceFor(context, loaded, data, options);
    const { encodeCode } = await import('../../jobs/code/infer.ts');
    await context.print(encodeCode(modelPath, source, context.flags.output ?? rename(basename(data[0]!))));
    return;
  }
  const [output] = planOutputs(context, data, { rename, single: true }) as [string];
  const ending = samplesEnding(output, '.npy');
  const loaded = await readModel(modelPath);
  const samples = await readSamplesFor(context, loaded, data, options);
  const { model } = loaded;
  const codes = await runInBatches(context, samples.x, (batch) => model.encode(batch), {
    title: 'encoding',
    inputSize: sizeOf(model.inputShape),
    outputSize: sizeOf(model.latentShape),
  });
  const written = { data: codes, shape: model.latentShape, isSeries: false, name: 'code' };
  await writeOutput(context, output, samplesBytes(ending, written));
  const count = samples.count.toLocaleString('en-US');
  const size = model.latentShape.join(' x ');
  const name = output === '-' ? 'standard output' : output;
  context.say(`${name}: ${count} codes of ${size} values, one for each of the ${samples.kind}`);
  context.result({ output, samples: samples.count, input: model.inputShape, code: model.latentShape });
}
