// Writes docs/results.md, and the figures (JSON) and pictures of each recipe in docs/results, from which the page is made.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../../results/recipe.ts';
import { ensureWritableFolder, writeFileAtomically } from '../files.ts';
import type { FinishedResult } from './cache.ts';

/** The JSON file of a result. */
interface SavedResult extends Omit<FinishedResult, 'pictures' | 'model'> {
  /** Trained with `--quick`: the figures have no meaning. */
  readonly quick: boolean;
  /** One for each picture. */
  readonly captions: readonly string[];
}

/** The seconds that the saved result of a recipe took; infinity without a saved result. */
export function secondsOf(folder: string, name: string): number {
  const path = join(folder, 'results', `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SavedResult).seconds : Infinity;
}

const formatCount = (value: number): string => value.toLocaleString('en');
const formatSeconds = (seconds: number): string => `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
const formatFigure = ({ decimals = 4 }: Recipe, value: number | undefined): string => value?.toFixed(decimals) ?? '–';
const reached = ({ higher = [] }: Recipe, name: string, value: number, limit = Number.NaN): boolean =>
  higher.includes(name) ? value >= limit : value <= limit;

/** Says whether a figure reaches the goal, only the required value, or neither. */
function verdict(recipe: Recipe, name: string, value: number): string {
  if (reached(recipe, name, value, recipe.goal[name])) return 'goal reached';
  return reached(recipe, name, value, recipe.required[name]) ? 'required value reached' : 'required value missed';
}

/** The required figures in one line. */
export const verdictOf = (recipe: Recipe, { figures, seconds }: Pick<FinishedResult, 'figures' | 'seconds'>): string =>
  Object.keys(recipe.required)
    .map(
      (name) => `${name} ${formatFigure(recipe, figures[name])}, ${verdict(recipe, name, figures[name] ?? Number.NaN)}`,
    )
    .concat(formatSeconds(seconds))
    .join('; ');

const picturePath = ({ name }: Recipe, i: number): string => `results/${name}${i ? `-${i + 1}` : ''}.png`;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const summary = (recipe: Recipe, { figures, parameters, seconds }: SavedResult): string[] =>
  Object.entries(recipe.required).map(([name, required], i) =>
    row(
      i ? '' : `[${recipe.title}](#${recipe.name})`,
      name,
      formatFigure(recipe, required),
      formatFigure(recipe, recipe.goal[name]),
      formatFigure(recipe, figures[name]),
      i ? '' : formatCount(parameters),
      i ? '' : formatSeconds(seconds),
    ),
  );

function section(recipe: Recipe, entry: SavedResult): string[] {
  const others = Object.entries(entry.figures).filter(([name]) => !(name in recipe.required));
  return [
    `## ${recipe.title} <a id="${recipe.name}"></a>`,
    recipe.about,
    ...Object.keys(recipe.required).map((name) => {
      const value = entry.figures[name] ?? Number.NaN;
      return `**${name}: ${formatFigure(recipe, value)}** (${verdict(recipe, name, value)})`;
    }),
    ...(others.length ? [others.map(([name, value]) => `- ${name}: ${formatFigure(recipe, value)}`).join('\n')] : []),
    `\`\`\`js\n${entry.settings}\n\`\`\``,
    `${formatCount(entry.parameters)} parameters in all models, ${formatSeconds(entry.seconds)} of training on one thread. \`npm run results -- --only ${recipe.name}\``,
    ...entry.captions.map((caption, i) => `![${caption}](${picturePath(recipe, i)})\n\n${caption}`),
  ];
}

/** The page of all recipes that have a saved result. */
export function page(recipes: readonly Recipe[], folder: string): string {
  const entries = recipes.flatMap((recipe) => {
    const path = join(folder, 'results', `${recipe.name}.json`);
    return existsSync(path) ? [[recipe, JSON.parse(readFileSync(path, 'utf8')) as SavedResult] as const] : [];
  });
  const quick = entries.some(([, entry]) => entry.quick);
  const parts = [
    '# Results',
    'What models trained with isthmus reach on public data. `npm run results` trains all of them, with fixed seeds, and writes this page. No test data was used for training. Settings were chosen on a part of the training data, unless a recipe says otherwise. Training times are those of one thread on one core of an x86-64 server.',
    ...(quick ? ['Made with `--quick`, with few samples and few steps: **the figures have no meaning.**'] : []),
    [
      row('result', 'figure', 'required', 'goal', 'reached', 'parameters', 'training time'),
      row('---', '---', '---:', '---:', '---:', '---:', '---:'),
      ...entries.flatMap(([recipe, entry]) => summary(recipe, entry)),
    ].join('\n'),
    ...entries.flatMap(([recipe, entry]) => section(recipe, entry)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Saves a result, and writes the page again. */
export function writeResult(
  folder: string,
  recipes: readonly Recipe[],
  recipe: Recipe,
  { pictures, model, ...result }: FinishedResult,
  quick: boolean,
): void {
  ensureWritableFolder(join(folder, 'results'));
  pictures.forEach(({ png }, i) => {
    writeFileAtomically(join(folder, picturePath(recipe, i)), png);
  });
  const entry: SavedResult = { quick, ...result, captions: pictures.map(({ caption }) => caption) };
  writeFileAtomically(join(folder, 'results', `${recipe.name}.json`), `${JSON.stringify(entry, null, 2)}\n`);
  writeFileAtomically(join(folder, 'results.md'), page(recipes, folder));
}
