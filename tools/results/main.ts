// `npm run results`: trains the recipes, caches finished results, and writes docs/results.md.

import { join } from 'node:path';
import { loadModel, type Model } from 'isthmus';
import { type Context, MissingData } from '../../results/recipe.ts';
import { ensureWritableFolder } from '../files.ts';
import { abortOnInterrupt, ignoreClosedOutput } from '../interrupt.ts';
import { cacheOf, type FinishedResult, type RecipeCache } from './cache.ts';
import { openData, type RecipeData } from './data.ts';
import { runJobs } from './jobs.ts';
import { type Options, readOptions } from './options.ts';
import { secondsOf, verdictOf, writeResult } from './page.ts';
import { type LoadedRecipe, loadRecipes } from './recipes.ts';
import { resumableFit } from './resumable-fit.ts';

const INTERRUPTED = 130;

/** Runs recipes in this process, and reads and writes their caches. */
class Runner {
  readonly #recipes: readonly LoadedRecipe[];
  readonly #options: Options;
  readonly #data: RecipeData;
  readonly #signal: AbortSignal;

  constructor(recipes: readonly LoadedRecipe[], options: Options, signal: AbortSignal) {
    this.#recipes = recipes;
    this.#options = options;
    this.#data = openData(options.data, options.quick, (line) => console.error(line));
    this.#signal = signal;
  }

  cache({ recipe, sources }: LoadedRecipe): RecipeCache {
    const { cache, quick } = this.#options;
    return cacheOf(cache, recipe.name, [...sources, this.#data.root, String(quick)]);
  }

  /** The cached result, otherwise a new one. Errors: MissingData; the reason of the signal after Ctrl-C. */
  async result(entry: LoadedRecipe): Promise<FinishedResult> {
    const cache = this.cache(entry);
    const cached = cache.read();
    if (cached) return cached;
    const result = await this.#run(entry, cache);
    cache.write(result);
    return result;
  }

  async #run({ recipe }: LoadedRecipe, cache: RecipeCache): Promise<FinishedResult> {
    const { quick } = this.#options;
    const signal = this.#signal;
    let [parameters, seconds] = [0, 0];
    const train: Context['train'] = async (spec, x, training, name = 'model') => {
      const run = { title: recipe.name, path: cache.checkpoint(name), signal, quick };
      const trained = await resumableFit(run, spec, x, training);
      parameters += trained.model.parameterCount;
      seconds += trained.seconds;
      return trained.model;
    };
    const result = await recipe.run({ ...this.#data, quick, train, model: (name) => this.#model(name) });
    return { ...result, parameters, seconds };
  }

  /** The model of another recipe, which runs first if it has no result. */
  async #model(name: string): Promise<Model> {
    const entry = this.#recipes.find(({ recipe }) => recipe.name === name);
    const { model } = entry ? await this.result(entry) : {};
    if (!model) throw new Error(`${name} expected to be a recipe that keeps its model`);
    return loadModel(model);
  }
}

/** Runs recipes in child processes. Gives the exit code. */
function runInChildren(entries: readonly LoadedRecipe[], options: Options, signal: AbortSignal): Promise<number> {
  const { data, quick, out, cache, jobs } = options;
  const args = ['--out', out, '--cache', cache, ...(data ? ['--data', data] : []), ...(quick ? ['--quick'] : [])];
  const expectedSeconds = (name: string): number => secondsOf(quick ? 'docs' : out, name);
  const recipes = entries.map(({ recipe }) => recipe);
  return runJobs(recipes, jobs, args, expectedSeconds, signal);
}

async function run(recipes: readonly LoadedRecipe[], options: Options): Promise<void> {
  const { quick, again, out, only, jobs } = options;
  const all = recipes.map(({ recipe }) => recipe);
  const selected = recipes.filter(({ recipe }) => !only || only.includes(recipe.name));
  ensureWritableFolder(out);
  const { signal, done } = abortOnInterrupt();
  const runner = new Runner(recipes, options, signal);
  if (again) for (const entry of selected) runner.cache(entry).clear();
  const unfinished = selected.filter((entry) => !runner.cache(entry).read());
  const parallel = jobs > 1 && unfinished.length > 1;
  if (parallel) {
    process.exitCode = await runInChildren(unfinished, options, signal);
    if (signal.aborted) return;
  }
  for (const entry of selected) {
    const { recipe } = entry;
    const cached = runner.cache(entry).read();
    // A child process has printed the outcome. It wrote the page without the results of the other children.
    if (parallel && unfinished.includes(entry)) {
      if (cached) writeResult(out, all, recipe, cached, quick);
      continue;
    }
    try {
      signal.throwIfAborted();
      const result = cached ?? (await runner.result(entry));
      writeResult(out, all, recipe, result, quick);
      console.log(`${recipe.name}: ${verdictOf(recipe, result)}${cached ? ' (kept)' : ''}`);
    } catch (error) {
      if (signal.aborted && error === signal.reason) {
        console.error(`\nStopped at ${recipe.name}. Nothing is lost: the same command goes on.`);
        process.exitCode = INTERRUPTED;
        return;
      }
      if (!(error instanceof MissingData)) throw error;
      console.error(`${recipe.name}: left out, ${error.message}`);
    }
  }
  done();
  console.log(`Wrote ${join(out, 'results.md')}.`);
}

ignoreClosedOutput();
// A child process whose parent has ended stops like after Ctrl-C: nobody reads its messages.
const stopWithParent = (): boolean => process.emit('SIGINT');
process.once('disconnect', stopWithParent);
try {
  const recipes = await loadRecipes();
  const names = recipes.map(({ recipe }) => recipe.name);
  await run(recipes, readOptions(process.argv.slice(2), names));
} catch (error) {
  console.error(`error: ${(error as Error).message.split('\n')[0]}`);
  process.exitCode = 1;
} finally {
  process.off('disconnect', stopWithParent);
  if (process.connected) process.disconnect?.();
}
