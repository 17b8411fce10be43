// The classic walk-through of autoencoders: train, look, save, load, denoise, report.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type History, loadCheckpoint, loadModel, type Model, saveCheckpoint, saveModel } from 'isthmus';
import { endWithReader, stopAtInterrupt } from './interrupt.ts';
import { addNoise } from './noise.ts';
import { type Options, readOptions } from './options.ts';
import { report } from './report.ts';
import { getDigits } from './source.ts';
import { comparison, table } from './table.ts';
import { buildModel, corruption, NOISE, type Run, train } from './train.ts';
import { prepareFolder, writeWhole } from './write.ts';

/** Two stages, each with a checkpoint of its own to come back to. */
const stages = { model: 'checkpoint.safetensors', denoiser: 'denoiser-checkpoint.safetensors' } as const;
type Runs = { -readonly [name in keyof typeof stages]?: Run };

/** The run that a checkpoint in the folder holds, else a fresh one. */
async function open(path: string, options: Options): Promise<Run> {
  if (!options.resume || !existsSync(path)) return { model: await buildModel(options) };
  const run = await loadCheckpoint(readFileSync(path));
  const [latent] = run.model.latentShape;
  if (latent !== options.latent) throw new Error(`${path} was made with --latent ${latent}, not ${options.latent}`);
  return run;
}

/** Writes the model, loads what was written, and proves that it is the same. */
async function saveAndLoad(path: string, model: Model, pixels: Uint8Array): Promise<{ loaded: Model; size: number }> {
  const bytes = saveModel(model);
  writeWhole(path, bytes);
  const loaded = await loadModel(readFileSync(path));
  const [a, b] = [loaded, model].map((one) => Buffer.from(one.reconstruct(pixels).buffer));
  if (!a!.equals(b!)) throw new Error(`${path} does not reconstruct as the model it was saved from`);
  return { loaded, size: bytes.length };
}

/** What Ctrl-C leaves: checkpoints of what has begun, and none of an earlier run that would be mixed with them. */
function keep(path: (name: string) => string, runs: Runs): void {
  const begun = (['model', 'denoiser'] as const).filter((name) => runs[name]?.at || runs[name]?.history);
  for (const name of begun) writeWhole(path(stages[name]), saveCheckpoint(runs[name]!.model));
  if (begun.length && !runs.denoiser) rmSync(path(stages.denoiser), { force: true });
  const { at, history } = runs.denoiser ?? runs.model ?? {};
  const place = at
    ? `in epoch ${at.epoch} after ${at.batches} batches`
    : history
      ? `after epoch ${history.epoch}`
      : 'before the first batch';
  const go = begun.length ? ' Nothing is lost; go on with: npm start -- --resume, and the same options.' : '';
  console.error(`\nStopped ${place}.${go}`);
}

async function main(options: Options): Promise<void> {
  const say = options.json ? console.error : console.log;
  const path = (name: string): string => join(options.out, name);
  prepareFolder(options.out);
  if (options.resume && !existsSync(path(stages.model)))
    throw new Error(`nothing to resume: ${path(stages.model)} is not there`);
  const digits = await getDigits(options.data, options.seed, (line) => console.error(line));
  say(`Data: ${digits.source}; ${digits.train.length / 784} to train on, ${digits.test.length / 784} to test.`);

  const { signal, ...controller } = stopAtInterrupt();
  const runs: Runs = {};
  const stage = async (name: keyof Runs, title: string, more: object): Promise<History> => {
    const run = await open(path(stages[name]), options);
    runs[name] = run;
    return train(title, run, options, digits, { ...more, signal });
  };
  try {
    const history = await stage('model', 'autoencoder', {});
    const { model } = runs.model!;
    say(`\n784-${options.latent}-784, ${model.parameterCount} weights\n\n${table(history)}\n`);
    say(`${comparison(history, digits.drawn)}\n`);
    const file = path('model.safetensors');
    const { loaded, size } = await saveAndLoad(file, model, digits.test.subarray(0, 100 * 784));
    say(`Saved ${file} (${Math.round(size / 1024)} KB) and loaded it again: the same reconstructions.`);

    say('A second model learns to remove noise.');
    const validationData = addNoise(digits.test, NOISE, options.seed);
    const denoising = await stage('denoiser', 'denoiser', {
      corruption,
      validationData,
      validationTargets: digits.test,
    });
    const denoiser = runs.denoiser!.model;
    const page = await report({ digits, settings: options, model: loaded, history, denoiser, denoising, size });
    signal.throwIfAborted();
    writeWhole(path('report.html'), page);
    controller.done();
    for (const name of Object.values(stages)) rmSync(path(name), { force: true });
    say(`Wrote ${path('report.html')}.`);
    if (!options.json) return;
    const { epochs, batchSize, latent, seed } = options;
    const files = { model: file, report: path('report.html') };
    const { source, drawn } = digits;
    console.log(JSON.stringify({ source, drawn, epochs, batchSize, latent, seed, history, denoising, files }));
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    keep(path, runs);
    process.exitCode = 130;
  }
}

endWithReader();
await main(readOptions(process.argv)).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
