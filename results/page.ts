// docs/results.md, and beside it in docs/results what it is made of: figures as JSON and pictures, by recipe.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFolder, writeWhole } from '../examples/digits/write.ts';
import type { Finished } from './cache.ts';
import type { Recipe } from './recipe.ts';

/** What is kept of a result in the repository. */
interface Entry extends Omit<Finished, 'pictures' | 'model'> {
  /** Trained with `--quick`: the figures say nothing. */
  readonly quick: boolean;
  /** One a picture. */
  readonly captions: readonly string[];
}

/** How long a recipe took when its figures were made; for ever where that is not known. */
export function secondsOf(folder: string, name: string): number {
  const path = join(folder, 'results', `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry).seconds : Infinity;
}

const many = (value: number): string => value.toLocaleString('en');
const time = (seconds: number): string => `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
const number = ({ decimals = 4 }: Recipe, value: number | undefined): string => value?.toFixed(decimals) ?? '–';
const reached = ({ higher = [] }: Recipe, name: string, value: number, limit = Number.NaN): boolean =>
  higher.includes(name) ? value >= limit : value <= limit;

/** One of three: what was hoped for, what was asked, neither. */
function verdict(recipe: Recipe, name: string, value: number): string {
  if (reached(recipe, name, value, recipe.aim[name])) return 'aim reached';
  return reached(recipe, name, value, recipe.asked[name]) ? 'asked reached' : 'missed';
}

/** The asked figures in one line. */
export const verdictOf = (recipe: Recipe, { figures, seconds }: Pick<Finished, 'figures' | 'seconds'>): string =>
  Object.keys(recipe.asked)
    .map((name) => `${name} ${number(recipe, figures[name])}, ${verdict(recipe, name, figures[name] ?? Number.NaN)}`)
    .concat(time(seconds))
    .join('; ');

const pictureOf = ({ name }: Recipe, i: number): string => `results/${name}${i ? `-${i + 1}` : ''}.png`;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const summary = (recipe: Recipe, { figures, parameters, seconds }: Entry): string[] =>
  Object.entries(recipe.asked).map(([name, asked], i) =>
    row(
      i ? '' : `[${recipe.title}](#${recipe.name})`,
      name,
      number(recipe, asked),
      number(recipe, recipe.aim[name]),
      number(recipe, figures[name]),
      i ? '' : many(parameters),
      i ? '' : time(seconds),
    ),
  );

function section(recipe: Recipe, entry: Entry): string[] {
  const others = Object.entries(entry.figures).filter(([name]) => !(name in recipe.asked));
  return [
    `## ${recipe.title} <a id="${recipe.name}"></a>`,
    recipe.about,
    ...Object.keys(recipe.asked).map((name) => {
      const value = entry.figures[name] ?? Number.NaN;
      return `**${name}: ${number(recipe, value)}** (${verdict(recipe, name, value)})`;
    }),
    ...(others.length ? [others.map(([name, value]) => `- ${name}: ${number(recipe, value)}`).join('\n')] : []),
    `\`\`\`js\n${entry.settings}\n\`\`\``,
    `${many(entry.parameters)} parameters in all models, ${time(entry.seconds)} of training on one thread. \`npm run results -- --only ${recipe.name}\``,
    ...entry.captions.map((caption, i) => `![${caption}](${pictureOf(recipe, i)})\n\n${caption}`),
  ];
}

/** The page over all recipes that have an entry. */
export function page(recipes: readonly Recipe[], folder: string): string {
  const entries = recipes.flatMap((recipe) => {
    const path = join(folder, 'results', `${recipe.name}.json`);
    return existsSync(path) ? [[recipe, JSON.parse(readFileSync(path, 'utf8')) as Entry] as const] : [];
  });
  const quick = entries.some(([, entry]) => entry.quick);
  const parts = [
    '# Results',
    'What training with isthmus reaches, each by one call. `npm run results` trains all of it and writes this page; seeds are fixed. Test data was never trained on, nor used to choose settings: those were chosen on a part of the training data, where a recipe does not say otherwise. Seconds are those that one thread of an x86-64 server core was at work.',
    ...(quick ? ['Made with `--quick`, on few samples in few steps: **the figures say nothing.**'] : []),
    [
      row('result', 'figure', 'asked', 'aim', 'reached', 'parameters', 'training'),
      row('---', '---', '---:', '---:', '---:', '---:', '---:'),
      ...entries.flatMap(([recipe, entry]) => summary(recipe, entry)),
    ].join('\n'),
    ...entries.flatMap(([recipe, entry]) => section(recipe, entry)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Puts a result beside the page, and writes the page anew. */
export function writeResult(
  folder: string,
  recipes: readonly Recipe[],
  recipe: Recipe,
  { pictures, model, ...result }: Finished,
  quick: boolean,
): void {
  prepareFolder(join(folder, 'results'));
  pictures.forEach(({ png }, i) => {
    writeWhole(join(folder, pictureOf(recipe, i)), png);
  });
  const entry: Entry = { quick, ...result, captions: pictures.map(({ caption }) => caption) };
  writeWhole(join(folder, 'results', `${recipe.name}.json`), `${JSON.stringify(entry, null, 2)}\n`);
  writeWhole(join(folder, 'results.md'), page(recipes, folder));
}
