// Trains the recipes, keeps what is finished, and writes the page.

import { join } from 'node:path';
import { loadModel, type Model } from 'isthmus';
import { endWithReader, stopAtInterrupt } from '../examples/digits/interrupt.ts';
import { prepareFolder } from '../examples/digits/write.ts';
import { type Finished, type Place, placeOf } from './cache.ts';
import { type Data, openData } from './data.ts';
import { runJobs } from './jobs.ts';
import { type Entry, loadRecipes } from './load.ts';
import { type Options, readOptions } from './options.ts';
import { secondsOf, verdictOf, writeResult } from './page.ts';
import { type Context, MissingData, type Recipe } from './recipe.ts';
import { train } from './train.ts';

/** The entries asked for, or all. Errors: a name that is no recipe. */
function chosen(entries: readonly Entry[], only: readonly string[] | undefined): readonly Entry[] {
  const names = entries.map(({ recipe }) => recipe.name);
  const strange = only?.find((name) => !names.includes(name));
  if (strange !== undefined) throw new Error(`--only expected names among ${names.join(', ')}, got ${strange}`);
  return entries.filter(({ recipe }) => !only || only.includes(recipe.name));
}

/** Runs a recipe, which trains as often as it likes. */
async function run(
  recipe: Recipe,
  place: Place,
  data: Data,
  quick: boolean,
  signal: AbortSignal,
  model: Context['model'],
): Promise<Finished> {
  let [parameters, seconds] = [0, 0];
  const result = await recipe.run({
    ...data,
    quick,
    model,
    async train(spec, x, training, name = 'model') {
      const path = place.checkpoint(name);
      const done = await train({ title: recipe.name, path, signal, quick }, spec, x, training);
      parameters += done.model.parameterCount;
      seconds += done.seconds;
      return done.model;
    },
  });
  return { ...result, parameters, seconds };
}

async function main(entries: readonly Entry[], options: Options): Promise<void> {
  const { quick, again, cache, out = quick ? 'build/results/quick' : 'docs' } = options;
  const wanted = chosen(entries, options.only);
  const all = entries.map(({ recipe }) => recipe);
  prepareFolder(out);
  const data = openData(options.data, quick, (line) => console.error(line));
  const { signal, done } = stopAtInterrupt();
  // Without the process that started it, it has nobody to tell.
  if (process.send) process.once('disconnect', () => process.emit('SIGINT'));
  const placed = ({ recipe, texts }: Entry): Place => placeOf(cache, recipe.name, [...texts, data.root, String(quick)]);
  const finish = async (entry: Entry): Promise<Finished> => {
    const place = placed(entry);
    const before = place.read();
    if (before) return before;
    const result = await run(entry.recipe, place, data, quick, signal, modelOf);
    place.write(result);
    return result;
  };
  const modelOf = async (name: string): Promise<Model> => {
    const entry = entries.find(({ recipe }) => recipe.name === name);
    const { model } = entry ? await finish(entry) : {};
    if (!model) throw new Error(`${name} expected to be a recipe that keeps its model`);
    return loadModel(model);
  };
  if (again) for (const entry of wanted) placed(entry).clear();
  const fresh = wanted.filter((entry) => !placed(entry).read());
  const together = options.jobs > 1 && fresh.length > 1;
  if (together) {
    const given = ['--out', out, '--cache', cache, ...(options.data ? ['--data', options.data] : [])];
    const seconds = (name: string): number => secondsOf(quick ? 'docs' : out, name);
    process.exitCode = await runJobs(fresh, options.jobs, quick ? [...given, '--quick'] : given, seconds, signal);
    if (signal.aborted) return;
  }
  for (const entry of wanted) {
    const { recipe } = entry;
    const before = placed(entry).read();
    // Another process has said what came of it. None of them saw the figures of all when it wrote the page.
    if (together && fresh.includes(entry)) {
      if (before) writeResult(out, all, recipe, before, quick);
      continue;
    }
    try {
      signal.throwIfAborted();
      const result = before ?? (await finish(entry));
      writeResult(out, all, recipe, result, quick);
      console.log(`${recipe.name}: ${verdictOf(recipe, result)}${before ? ' (kept)' : ''}`);
    } catch (error) {
      if (signal.aborted && error === signal.reason) {
        console.error(`\nStopped at ${recipe.name}. Nothing is lost: the same command goes on.`);
        process.exitCode = 130;
        return;
      }
      if (!(error instanceof MissingData)) throw error;
      console.error(`${recipe.name}: left out, ${error.message}`);
    }
  }
  done();
  console.log(`Wrote ${join(out, 'results.md')}.`);
}

endWithReader();
// Without the process that started it, it has nobody to tell.
const alone = (): boolean => process.emit('SIGINT');
process.once('disconnect', alone);
try {
  const entries = await loadRecipes();
  const names = entries.map(({ recipe }) => recipe.name);
  await main(entries, readOptions(process.argv, names));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  process.off('disconnect', alone);
  if (process.connected) process.disconnect?.();
}
