// Codes to samples, and new samples.

import { fitMixture, type Model, sample } from 'isthmus';
import type { DataDescription } from '../../jobs/train/data-description.ts';
import type { DecodeOptions } from '../commands/decode.ts';
import type { SampleCommandOptions } from '../commands/sample.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { readDataset } from '../formats/read.ts';
import { planOutputs, writeOutput } from '../output.ts';
import { runInBatches } from './batches.ts';
import { codeSourceFor, readSamplesFor } from './encode.ts';
import { type LoadedModel, readModel } from './load.ts';
import { samplesBytes, samplesEnding, type WrittenSamples } from './write-samples.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** The ending that fits the data: pictures, sound, tables, else arrays. */
function naturalEnding(model: Model, description: DataDescription | undefined) {
  if (model.inputShape.length === 3) return '.png';
  if (description?.rate !== undefined) return '.wav';
  return description?.columns ? '.csv' : '.npy';
}

const named = (output: string): string => (output === '-' ? 'standard output' : output);

/** Number, kind and size of samples in words, such as `25 pictures of 28 x 28 x 1`. */
function words(count: number, model: Model, description: DataDescription | undefined): string {
  const kind = description?.kind ?? 'samples';
  const size = model.inputShape.join(' x ');
  return `${count.toLocaleString('en-US')} ${kind} of ${size}${model.inputShape.length === 1 ? ' values' : ''}`;
}

/** Outputs of the decoder as they are written. */
function writtenSamples(
  model: Model,
  description: DataDescription | undefined,
  data: Float32Array,
  rate: number | undefined,
): WrittenSamples {
  const shape = model.inputShape;
  return {
    data,
    shape,
    isSeries: shape.length === 2 && description?.kind !== 'pictures',
    columns: description?.columns,
    rate: rate ?? description?.rate,
    name: 'value',
  };
}

/** Codes end to end. Errors: Failure for data that is no codes of the model. */
async function readCodes(path: string, model: Model, options: DecodeOptions): Promise<Float32Array> {
  const { data } = await readDataset(path, options);
  const size = sizeOf(model.latentShape);
  let codes: Float32Array;
  if (data.kind === 'array') {
    codes = Float32Array.from(data.data as Float32Array, Number);
    if (sizeOf(data.shape.slice(1)) !== size && data.shape.length > 1)
      throw new Failure(
        `${path}: the model decodes codes of ${model.latentShape.join(' x ')}, got ${data.shape.slice(1).join(' x ')}`,
      );
  } else if (data.kind === 'table') {
    const columns = data.columns.map(({ numbers, name }) => {
      if (!numbers) throw new Failure(`${path}: the column "${name}" is no column of numbers`);
      return numbers;
    });
    codes = new Float32Array(data.rowCount * columns.length);
    for (const [column, numbers] of columns.entries())
      for (const [row, value] of numbers.entries()) codes[row * columns.length + column] = value;
  } else throw new Failure(`${path}: codes are an array or a table, not a ${data.kind}`);
  if (codes.length === 0 || codes.length % size !== 0)
    throw new Failure(`${path}: ${codes.length} values are no codes of ${size} values`);
  return codes;
}

/** `isthmus decode`. */
export async function runDecode(context: Context, operands: readonly string[], options: DecodeOptions): Promise<void> {
  const [modelPath, codesPath] = operands as [string, string];
  if (context.flags.code) {
    const { decodeCode } = await import('../../jobs/code/infer.ts');
    await context.print(decodeCode(modelPath, codesPath, context.flags.output ?? 'decoded.csv'));
    return;
  }
  const { model, description } = await readModel(modelPath);
  const natural = naturalEnding(model, description);
  const rename = (name: string): string => `${name.replace(/(\.codes)?\.[^.]*$/, '')}.decoded${natural}`;
  const [output] = planOutputs(context, [codesPath], { rename }) as [string];
  const ending = samplesEnding(output, '.npy');
  const codes = await readCodes(codesPath, model, options);
  const data = await runInBatches(context, codes, (batch) => model.decode(batch), {
    title: 'decoding',
    inputSize: sizeOf(model.latentShape),
    outputSize: sizeOf(model.inputShape),
  });
  await writeOutput(context, output, samplesBytes(ending, writtenSamples(model, description, data, options.rate)));
  const count = data.length / sizeOf(model.inputShape);
  context.say(`${named(output)}: ${words(count, model, description)}`);
  context.result({ output, samples: count, shape: model.inputShape });
}

/** `isthmus sample --code`. */
async function printSampleCode(
  context: Context,
  loaded: LoadedModel,
  model: string,
  options: SampleCommandOptions,
): Promise<void> {
  const { sampleCode } = await import('../../jobs/code/infer.ts');
  const { count, seed, like } = options;
  const output = context.flags.output ?? 'samples.csv';
  if (like === undefined) {
    await context.print(sampleCode({ model, count, seed, output }));
    return;
  }
  const source = await codeSourceFor(context, loaded, [like], options);
  const samples = await readSamplesFor(context, loaded, [like], options);
  await context.print(sampleCode({ model, count, seed, output, like: { source, count: samples.count } }));
}

/** `isthmus sample`. */
export async function runSample(
  context: Context,
  operands: readonly string[],
  options: SampleCommandOptions,
): Promise<void> {
  const [modelPath] = operands as [string];
  const loaded = await readModel(modelPath);
  const { model, description } = loaded;
  const natural = naturalEnding(model, description);
  const rename = (name: string): string => `${name.replace(/\.[^.]*$/, '')}.samples${natural}`;
  const [output] = planOutputs(context, [modelPath], { rename }) as [string];
  const ending = samplesEnding(output, '.npy');
  if (context.flags.code) {
    await printSampleCode(context, loaded, modelPath, options);
    return;
  }
  const isVariational = (model.spec.latent as { type?: string } | undefined)?.type === 'variational';
  if (!isVariational && options.like === undefined)
    throw new Failure(
      `${modelPath}: the model is not variational, and has no distribution of codes: use --like DATA to fit a distribution to the codes of data, or train with --kind variational`,
    );
  const { seed } = options;
  const like = options.like === undefined ? undefined : await readSamplesFor(context, loaded, [options.like], options);
  const from = like && fitMixture(model, like.x, { components: Math.min(10, like.count), seed });
  const data = sample(model, options.count, { seed, ...(from && { from }) });
  await writeOutput(context, output, samplesBytes(ending, writtenSamples(model, description, data, options.rate)));
  context.say(`${named(output)}: new, seed ${seed}: ${words(options.count, model, description)}`);
  context.result({ output, samples: options.count, shape: model.inputShape, seed });
}
