// What surrounds the walk-through: options, data, progress, and checkpoints that Ctrl-C leaves for --resume.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AutoencoderSpec,
  autoencoder,
  type FitOptions,
  fit,
  type History,
  loadCheckpoint,
  type Model,
  saveCheckpoint,
} from 'isthmus';
import { ensureWritableFolder, writeFileAtomically } from '../files.ts';
import { abortOnInterrupt, ignoreClosedOutput } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { type Digits, loadDigits } from './load.ts';
import { type Options, readOptions } from './options.ts';

/** The trainings of the walk-through in their order, and the checkpoint of each. */
const checkpoints = { autoencoder: 'checkpoint.safetensors', denoiser: 'denoiser-checkpoint.safetensors' } as const;

/** The options of `fit` but for those that the session sets. */
export interface Training extends Omit<FitOptions, 'onBatchEnd' | 'onEpochEnd' | 'signal' | 'resume'> {
  readonly epochs: number;
  readonly seed: number;
}

/** A model in training. */
interface Run {
  readonly model: Model;
  history?: History;
  /** The current epoch, from 1, and its finished batches. */
  position?: { readonly epoch: number; readonly batches: number };
}

/** The session of one command: `run` receives it. */
export class Session {
  readonly options: Options;
  readonly digits: Digits;
  /** Prints a line: on standard output, or with --json on standard error. */
  readonly print: (line: string) => void;
  readonly #signal: AbortSignal;
  readonly #runs: { -readonly [name in keyof typeof checkpoints]?: Run } = {};

  constructor(options: Options, digits: Digits, print: (line: string) => void, signal: AbortSignal) {
    this.options = options;
    this.digits = digits;
    this.print = print;
    this.#signal = signal;
  }

  /** The path of a file in the folder `--out`. */
  path(name: string): string {
    return join(this.options.out, name);
  }

  /** Writes a file into the folder `--out`. Gives its path. Errors: the reason of the signal after Ctrl-C. */
  write(name: string, data: Uint8Array | string): string {
    this.#signal.throwIfAborted();
    writeFileAtomically(this.path(name), data);
    return this.path(name);
  }

  /**
   * Builds a model and trains it on the digits: `autoencoder`, then `fit`. With --resume it continues from the
   * checkpoint. Errors: the reason of the signal after Ctrl-C.
   */
  async train(
    name: keyof typeof checkpoints,
    spec: AutoencoderSpec,
    training: Training,
  ): Promise<{ model: Model; history: History }> {
    const run = (await this.#resumed(name)) ?? { model: await autoencoder(spec, { seed: training.seed }) };
    this.#runs[name] = run;
    const { model, history } = run;
    // A run that stopped in the second training has completed the first one.
    if (history && history.epoch >= training.epochs) return { model, history };
    const progress = showProgress(name, training.epochs);
    try {
      run.history = await fit(model, this.digits.train, {
        ...training,
        ...(history && { resume: history }),
        signal: this.#signal,
        onBatchEnd(batch, logs) {
          run.position = { epoch: logs.epoch + 1, batches: batch + 1 };
          progress.onBatchEnd(batch, logs);
        },
        onEpochEnd: progress.onEpochEnd,
      });
      return { model, history: run.history };
    } finally {
      progress.stop();
    }
  }

  /** The run of a checkpoint, with --resume and where there is one. */
  async #resumed(name: keyof typeof checkpoints): Promise<Run | undefined> {
    const path = this.path(checkpoints[name]);
    if (!this.options.resume || !existsSync(path)) return undefined;
    const run = await loadCheckpoint(readFileSync(path));
    const [latent] = run.model.latentShape;
    if (latent !== this.options.latent) {
      throw new Error(`${path} was made with --latent ${latent}, not ${this.options.latent}`);
    }
    return run;
  }

  /** Removes the checkpoints of this run and of earlier ones. */
  removeCheckpoints(): void {
    for (const file of Object.values(checkpoints)) rmSync(this.path(file), { force: true });
  }

  /** Writes the checkpoints of the trainings that have begun, and removes one of an earlier run. */
  saveCheckpoints(): void {
    const { autoencoder, denoiser } = this.#runs;
    const begun = (['autoencoder', 'denoiser'] as const).filter((name) => {
      const run = this.#runs[name];
      return run?.position || run?.history;
    });
    for (const name of begun) {
      writeFileAtomically(this.path(checkpoints[name]), saveCheckpoint(this.#runs[name]!.model));
    }
    if (begun.length && !denoiser) rmSync(this.path(checkpoints.denoiser), { force: true });
    const hint = begun.length ? ' Nothing is lost; go on with: npm start -- --resume, and the same options.' : '';
    console.error(`\nStopped ${positionText(denoiser ?? autoencoder)}.${hint}`);
  }
}

function positionText(run: Run | undefined): string {
  if (run?.position) return `in epoch ${run.position.epoch} after ${run.position.batches} batches`;
  if (run?.history) return `after epoch ${run.history.epoch}`;
  return 'before the first batch';
}

async function start(args: readonly string[], run: (session: Session) => Promise<void>): Promise<void> {
  const options = readOptions(args);
  const print = options.json ? console.error : console.log;
  ensureWritableFolder(options.out);
  const checkpoint = join(options.out, checkpoints.autoencoder);
  if (options.resume && !existsSync(checkpoint)) throw new Error(`nothing to resume: ${checkpoint} is not there`);
  const digits = await loadDigits(options.data, options.seed, (line) => console.error(line));
  print(`Data: ${digits.source}; ${digits.train.length / 784} to train on, ${digits.test.length / 784} to test.`);
  const { signal, done } = abortOnInterrupt();
  const session = new Session(options, digits, print, signal);
  try {
    await run(session);
    done();
    session.removeCheckpoints();
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    session.saveCheckpoints();
    process.exitCode = 130;
  }
}

/**
 * Reads the options, loads the digits and runs the walk-through. After Ctrl-C it leaves checkpoints and the exit code
 * 130; an error becomes one line on standard error and the exit code 1.
 */
export async function runSession(args: readonly string[], run: (session: Session) => Promise<void>): Promise<void> {
  ignoreClosedOutput();
  await start(args, run).catch((error: Error) => {
    console.error(`error: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  });
}
