// The classic walk-through of autoencoders: train, look, save, load, denoise, report.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type History, loadCheckpoint, loadModel, saveCheckpoint, saveModel } from 'isthmus';
import { getDigits } from './digits.ts';
import { addNoise } from './noise.ts';
import { report } from './report.ts';
import { comparison, table } from './table.ts';
import { buildModel, corruption, NOISE, type Run, type Settings, train } from './training.ts';
import { prepareFolder, writeWhole } from './write.ts';

const integer =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`expected integer ${low}..${high}.`);
    }
    return value;
  };

const program = new Command('npm start --')
  .description('Trains an autoencoder on handwritten digits and writes a report with pictures.')
  .option('--data <dir>', 'folder with the IDX files of MNIST, gzipped or not')
  .option('--epochs <n>', 'epochs to train', integer(1, 10_000), 7)
  .option('--batch-size <n>', 'samples a step', integer(1, 65_536), 32)
  .option('--latent <n>', 'numbers in the bottleneck', integer(1, 65_536), 64)
  .option('--seed <n>', 'where weights, shuffling and noise come from', integer(0, 2 ** 32 - 1), 42)
  .option('--out <dir>', 'folder for the report and the model', 'out')
  .addOption(new Option('--resume', 'go on where Ctrl-C stopped').default(false))
  .option('--json', 'results as JSON on standard output, the rest on standard error', false);

interface Options extends Settings {
  readonly data?: string;
  readonly out: string;
  readonly resume: boolean;
  readonly json: boolean;
}

/** Two stages, each with a checkpoint of its own to come back to. */
const stages = { model: 'checkpoint.safetensors', denoiser: 'denoiser-checkpoint.safetensors' } as const;

/** The run that a checkpoint in the folder holds, else a fresh one. */
async function open(path: string, options: Options): Promise<Run> {
  if (!options.resume || !existsSync(path)) return { model: await buildModel(options) };
  const run = await loadCheckpoint(readFileSync(path));
  const [latent] = run.model.latentShape;
  if (latent !== options.latent) throw new Error(`${path} was made with --latent ${latent}, not ${options.latent}`);
  return run;
}

async function main(options: Options): Promise<void> {
  const say = options.json ? console.error : console.log;
  const path = (name: string): string => join(options.out, name);
  prepareFolder(options.out);
  if (options.resume && !existsSync(path(stages.model)))
    throw new Error(`nothing to resume: ${path(stages.model)} is not there`);
  const digits = await getDigits(options.data, options.seed, (line) => console.error(line));
  say(`Data: ${digits.source}; ${digits.train.length / 784} to train on, ${digits.test.length / 784} to test.`);

  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort();
    // npm passes on the signal that the terminal has sent to both: only one that comes later is a second Ctrl-C.
    const first = performance.now();
    process.on('SIGINT', () => {
      if (performance.now() - first > 1000) process.exit(130);
    });
  });
  const runs: { model?: Run; denoiser?: Run } = {};
  const stage = async (name: keyof typeof stages, title: string, more: object): Promise<History> => {
    const run = await open(path(stages[name]), options);
    runs[name] = run;
    return train(title, run, options, digits, { ...more, signal: controller.signal });
  };
  try {
    const history = await stage('model', 'autoencoder', {});
    const { model } = runs.model!;
    say(
      `\n784-${options.latent}-784, ${model.parameterCount} weights\n\n${table(history)}\n\n${comparison(history, digits.drawn)}`,
    );
    const bytes = saveModel(model);
    writeWhole(path('model.safetensors'), bytes);
    const loaded = await loadModel(readFileSync(path('model.safetensors')));
    const some = digits.test.subarray(0, 100 * 784);
    const same = Buffer.from(loaded.reconstruct(some).buffer).equals(Buffer.from(model.reconstruct(some).buffer));
    if (!same) throw new Error(`${path('model.safetensors')} does not reconstruct as the model it was saved from`);
    say(
      `\nSaved ${path('model.safetensors')} (${Math.round(bytes.length / 1024)} KB) and loaded it again: the same reconstructions.`,
    );

    say('A second model learns to remove noise.');
    const validationData = addNoise(digits.test, NOISE, options.seed);
    const validation = { validationData, validationTargets: digits.test };
    const denoising = await stage('denoiser', 'denoiser', { corruption, ...validation });
    const denoiser = runs.denoiser!.model;
    const results = { digits, settings: options, model: loaded, history, denoiser, denoising, fileSize: bytes.length };
    writeWhole(path('report.html'), await report(results));
    for (const name of Object.values(stages)) rmSync(path(name), { force: true });
    say(`Wrote ${path('report.html')}.`);
    if (!options.json) return;
    const { epochs, batchSize, latent, seed } = options;
    const files = { model: path('model.safetensors'), report: path('report.html') };
    console.log(JSON.stringify({ source: digits.source, epochs, batchSize, latent, seed, history, denoising, files }));
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    const begun = Object.entries(runs).filter(([, run]) => run.at || run.history);
    for (const [name, run] of begun) {
      writeWhole(path(stages[name as keyof typeof stages]), saveCheckpoint(run.model));
    }
    const at = (runs.denoiser ?? runs.model)?.at;
    const place = at ? `in epoch ${at.epoch} after ${at.batches} batches` : 'before the first batch';
    const go = begun.length ? ' Nothing is lost; go on with: npm start -- --resume, and the same options.' : '';
    console.error(`\nStopped ${place}.${go}`);
    process.exitCode = 130;
  }
}

await main(program.parse().opts<Options>()).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
