// Loads the recipes: each file in results/recipes is one.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Recipe } from '../../results/recipe.ts';

const folder = fileURLToPath(new URL('../../results/recipes', import.meta.url));

export interface LoadedRecipe {
  readonly recipe: Recipe;
  /** The source of the recipe and of the files that it imports from this repository. A cached result depends on it. */
  readonly sources: readonly string[];
}

/** The source of a file and of its relative imports and re-exports, each file once. Imports of types are left out. */
function sourcesOf(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const source = readFileSync(path, 'utf8');
  const imports = source.matchAll(/^(?:import (?!type)[^;]*?|export (?:\*|\{[^}]*\}) )from '(\.[^']+)';$/gm);
  return [source, ...[...imports].flatMap(([, file]) => sourcesOf(join(dirname(path), file!), seen))];
}

async function loadRecipe(file: string): Promise<LoadedRecipe> {
  const path = join(folder, file);
  const { recipe } = (await import(pathToFileURL(path).href)) as { recipe?: Recipe };
  if (!recipe || `${recipe.name}.ts` !== file) throw new Error(`${file} expected to export a recipe of this name`);
  return { recipe, sources: sourcesOf(path) };
}

/** All recipes, in the order of their names. */
export const loadRecipes = (): Promise<LoadedRecipe[]> => Promise.all(readdirSync(folder).sort().map(loadRecipe));
