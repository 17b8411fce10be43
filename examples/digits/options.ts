import { Command, InvalidArgumentError } from 'commander';
import type { Settings } from './train.ts';

export interface Options extends Settings {
  readonly data?: string;
  readonly out: string;
  readonly resume: boolean;
  readonly json: boolean;
}

const integer =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`expected integer ${low}..${high}.`);
    }
    return value;
  };

function folder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected the name of a folder.');
  return text;
}

/** The options of the command line. Prints help or one line of error, and exits, where that is due. */
export const readOptions = (argv: readonly string[]): Options =>
  new Command('npm start --')
    .description('Trains an autoencoder on handwritten digits and writes a report with pictures.')
    .option('--data <dir>', 'folder with the IDX files of MNIST, gzipped or not', folder)
    .option('--epochs <n>', 'epochs to train', integer(1, 10_000), 7)
    .option('--batch-size <n>', 'samples a step', integer(1, 65_536), 32)
    .option('--latent <n>', 'numbers in the bottleneck', integer(1, 65_536), 64)
    .option('--seed <n>', 'where weights, shuffling and noise come from', integer(0, 2 ** 32 - 1), 42)
    .option('--out <dir>', 'folder for the report and the model', folder, 'out')
    .option('--resume', 'go on where Ctrl-C stopped', false)
    .option('--json', 'results as JSON on standard output, the rest on standard error', false)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<Options>();
