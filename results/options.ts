import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  readonly data?: string;
  readonly only?: string[];
  readonly quick: boolean;
  readonly again: boolean;
  readonly out?: string;
  readonly cache: string;
  readonly jobs: number;
}

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

const count = (text: string): number => {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('expected an integer 1..999');
  return Number(text);
};

/** The options of the command line. Prints help or one line of error, and exits, where that is due. */
export const readOptions = (argv: readonly string[], names: readonly string[]): Options =>
  new Command('npm run results --')
    .description('Trains the recipes and writes docs/results.md. Ctrl-C loses nothing: the same command goes on.')
    .option('--data <dir>', 'folder with mnist, denoise and so on (default: $ISTHMUS_DATA, ../shared/data)')
    .option('--only <names>', 'recipes to run, with commas between', list)
    .option('--quick', 'few samples and steps: to see that it works, not how well', false)
    .option('--again', 'train what is finished once more', false)
    .option('--out <dir>', 'folder for results.md (default: docs; with --quick build/results/quick)')
    .option('--cache <dir>', 'folder for finished recipes and checkpoints', 'build/results')
    .option('--jobs <n>', 'recipes at once, a thread each', count, availableParallelism())
    .addHelpText('after', `\nRecipes: ${names.join(', ')}`)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<Options>();
