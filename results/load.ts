// The recipes in results/recipes: a file there is a recipe.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Recipe } from './recipe.ts';

const folder = fileURLToPath(new URL('recipes', import.meta.url));

/** A recipe, and the text of its file and of all that it imports from here: what a kept result depends on. */
export interface Entry {
  readonly recipe: Recipe;
  readonly texts: readonly string[];
}

/** The text of a file and of its relative imports, each file once. */
function textsOf(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  const imports = text.matchAll(/^import (?!type)[^;]*?from '(\.[^']+)';$/gm);
  return [text, ...[...imports].flatMap(([, file]) => textsOf(join(dirname(path), file!), seen))];
}

async function load(file: string): Promise<Entry> {
  const path = join(folder, file);
  const { recipe } = (await import(pathToFileURL(path).href)) as { recipe?: Recipe };
  if (!recipe || `${recipe.name}.ts` !== file) throw new Error(`${file} expected to export a recipe of this name`);
  return { recipe, texts: textsOf(path) };
}

/** All recipes, by name. */
export const loadRecipes = (): Promise<Entry[]> => Promise.all(readdirSync(folder).sort().map(load));
