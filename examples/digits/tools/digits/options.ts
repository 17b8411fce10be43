import { parseArgs } from 'node:util';
import { folderOption, integerOption } from '../options.ts';

export interface Options {
  /** Folder of IDX files. */
  readonly data: string | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  /** Numbers in the bottleneck. */
  readonly latent: number;
  readonly seed: number;
  /** Folder for the report and the model. */
  readonly out: string;
  readonly resume: boolean;
  readonly json: boolean;
}

const help = `Usage: npm start -- [options]

Trains an autoencoder on handwritten digits and writes a report with pictures.

  --data <dir>       folder with the IDX files of MNIST, gzipped or not
  --epochs <n>       epochs of training (default: 7)
  --batch-size <n>   samples a step (default: 32)
  --latent <n>       numbers in the bottleneck (default: 64)
  --seed <n>         seed of the weights, the shuffling and the noise (default: 42)
  --out <dir>        folder for the report and the model (default: out)
  --resume           continue a run that Ctrl-C stopped
  --json             print the results as JSON on standard output, all other text on standard error
  -h, --help         print this text`;

/** Reads the command line. With --help it prints the help and exits. Errors: unknown options, invalid values. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      epochs: { type: 'string', default: '7' },
      'batch-size': { type: 'string', default: '32' },
      latent: { type: 'string', default: '64' },
      seed: { type: 'string', default: '42' },
      out: { type: 'string', default: 'out' },
      resume: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  return {
    data: values.data === undefined ? undefined : folderOption('data', values.data),
    epochs: integerOption('epochs', values.epochs, 1, 10_000),
    batchSize: integerOption('batch-size', values['batch-size'], 1, 65_536),
    latent: integerOption('latent', values.latent, 1, 65_536),
    seed: integerOption('seed', values.seed, 0, 2 ** 32 - 1),
    out: folderOption('out', values.out),
    resume: values.resume,
    json: values.json,
  };
}
