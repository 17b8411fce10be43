import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { integerOption } from '../options.ts';

export interface Options {
  readonly data: string | undefined;
  /** Names of the recipes to run; undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly quick: boolean;
  readonly again: boolean;
  readonly out: string;
  readonly cache: string;
  /** Recipes at the same time. */
  readonly jobs: number;
}

const helpText = (recipeNames: readonly string[], cores: number): string => `Usage: npm run results -- [options]

Trains the recipes and writes docs/results.md. Ctrl-C loses nothing: the same command goes on.

  --data <dir>     folder with mnist, denoise and so on (default: $ISTHMUS_DATA, ../shared/data)
  --only <names>   recipes to run, separated by commas
  --quick          few samples and steps: shows that the recipes run, not how well
  --again          train finished recipes once more
  --out <dir>      folder for results.md (default: docs; with --quick build/results/quick)
  --cache <dir>    folder for finished recipes and checkpoints (default: build/results)
  --jobs <n>       recipes at the same time, one thread each (default: ${cores})
  -h, --help       print this text

Recipes: ${recipeNames.join(', ')}`;

/** Reads the command line. With --help it prints the help and exits. Errors: unknown options, invalid values. */
export function readOptions(args: readonly string[], recipeNames: readonly string[]): Options {
  const cores = availableParallelism();
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      out: { type: 'string' },
      cache: { type: 'string', default: 'build/results' },
      jobs: { type: 'string', default: String(cores) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(helpText(recipeNames, cores));
    process.exit(0);
  }
  const { data, quick, again, cache } = values;
  const only = values.only?.split(',').map((name) => name.trim());
  const unknown = only?.find((name) => !recipeNames.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only expected names among ${recipeNames.join(', ')}, got ${unknown}`);
  }
  const out = values.out ?? (quick ? 'build/results/quick' : 'docs');
  return { data, only, quick, again, out, cache, jobs: integerOption('jobs', values.jobs, 1, 999) };
}
