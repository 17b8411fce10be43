// Writes docs/speed.md, its picture, and the table of README.md from bench/figures.json.

import { readFileSync, writeFileSync } from 'node:fs';
import { readFigures, type SavedFigures } from './figures.ts';
import { reasons } from './reasons.ts';
import { speedChart } from './speed-chart.ts';
import { formatFigure, formatLimit, isMet, type Section, sections, type Target } from './targets.ts';

const root = new URL('../', import.meta.url);

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Rows of the comparison, by the name of a workload. */
const compared: Readonly<Record<string, string>> = {
  'dense-step': 'training step, 784-64-784, 32 samples',
  'conv-step': 'training step, convolutions on 28 × 28, 32 samples',
  'dense-forward': 'reconstruction, 784-64-784, 32 samples',
  'conv-forward': 'reconstruction, convolutions on 28 × 28, 32 samples',
  'encode-one': '`encode` of one sample of 784 values',
};
/** Columns of the comparison, by the name of a competitor in figures. */
const competitors: Readonly<Record<string, string>> = {
  tfjs: 'TensorFlow.js, WASM',
  onnxruntime: 'onnxruntime-web',
  jax: 'jax-js, WASM (SGD)',
};

const twoDigits = (value: number): string => String(Number(value.toPrecision(2)));

function ourTime(milliseconds: number): string {
  return milliseconds < 0.1 ? `${twoDigits(milliseconds * 1000)} µs` : `${twoDigits(milliseconds)} ms`;
}

/** Our times, and those of other libraries as multiples: the table of README.md. */
export function comparison({ figures, missing }: SavedFigures): string {
  const lines = Object.entries(compared).map(([work, title]) => {
    const cells = Object.keys(competitors).map((competitor) => {
      const ratio = figures[`${work}-${competitor}`];
      return typeof ratio === 'number' ? `${twoDigits(ratio)} ×` : (missing[work]?.[competitor] ?? 'not measured');
    });
    return row(title, ourTime(figures[`${work}-milliseconds`] as number), ...cells);
  });
  const heads = ['work', 'isthmus', ...Object.values(competitors)];
  return [row(...heads), row(...heads.map(() => '---')), ...lines].join('\n');
}

const before = (target: Target): string => (target.before === undefined ? '–' : formatFigure(target, target.before));

function verdict(target: Target, figure: number | readonly number[] | undefined): string {
  const met = figure === undefined ? undefined : isMet(target, figure);
  if (met === undefined) return '';
  if (met) return 'met';
  return reasons[target.figure] ? '[missed](#missed)' : 'missed';
}

function targetRow(target: Target, { figures }: SavedFigures): string {
  const figure = figures[target.figure];
  const measured = figure === undefined ? 'not measured' : formatFigure(target, figure);
  return row(target.work, before(target), formatLimit(target), measured, verdict(target, figure));
}

function sectionText({ title, targets }: Section, saved: SavedFigures): string {
  const table = [
    row('work', 'before, on a Zen 3', 'target', 'measured', ''),
    row('---', '---:', '---:', '---:', '---'),
    ...targets.map((target) => targetRow(target, saved)),
  ];
  return `## ${title}\n\n${table.join('\n')}`;
}

/** Targets of the page that a reason must explain: missed, or not measured. */
export const unexplained = ({ figures }: SavedFigures, known: Readonly<Record<string, string>> = reasons): string[] =>
  sections
    .flatMap(({ targets }) => targets)
    .filter((target) => {
      const figure = figures[target.figure];
      return (figure === undefined || isMet(target, figure) === false) && !known[target.figure];
    })
    .map(({ figure }) => figure);

function reasonsText({ figures }: SavedFigures): string {
  const lines = sections
    .flatMap(({ targets }) => targets)
    .flatMap((target) => {
      const figure = figures[target.figure];
      const reason = reasons[target.figure];
      const missed = figure === undefined || isMet(target, figure) === false;
      return reason && missed ? [`- **${target.work}.** ${reason}`] : [];
    });
  return lines.length
    ? `## What bounds the figures that miss their target <a id="missed"></a>\n\n${lines.join('\n')}`
    : '';
}

/** The text of docs/speed.md. */
export function speedPage(saved: SavedFigures): string {
  const { cpu, cores, node } = saved.machine;
  const versions = ['tfjs wasm', 'onnxruntime-web', 'jax-js wasm (SGD)'].map((name) => saved.versions[name]);
  const [tfjs, onnxruntime, jax] = versions;
  const parts = [
    '# Speed',
    `Medians of interleaved runs on one machine: ${cpu}, ${cores} cores, Node ${node.slice(1)}. \`npm run bench -- --write-docs\` measures the machine at hand and writes this page.`,
    'A figure of the form "time of A over ours" is a factor: 2 × means that A takes twice as long as isthmus. "Over its arithmetic" divides the time of a step by the time of its multiplications and additions at the rate of the matrix products. The register peak is the rate of a loop of multiplications and additions without memory access. "Strict" kernels give the same bits on each machine; "relaxed" ones use fused multiply-add.',
    '![The ratio of each figure to its target, before and now](speed.svg)',
    `## Compared with other libraries\n\nAll run on one thread. The times of other libraries are multiples of the time of isthmus. Versions: TensorFlow.js ${tfjs}, onnxruntime-web ${onnxruntime}, jax-js ${jax}. jax-js trains with plain gradient descent, which needs less arithmetic than Adam.`,
    comparison(saved),
    ...sections.map((section) => sectionText(section, saved)),
    reasonsText(saved),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const TABLE = /(?<=## Speed\n\n[^|]*\n\n)(?:\|.*\n)+/;

/** The lines of the table of speed in README.md. Errors: without a table. */
export function readmeTable(readme: string): string {
  const [table] = TABLE.exec(readme) ?? [];
  if (!table) throw new Error('README.md expected a table in the section "Speed", got none');
  return table;
}

/** Cells without the spaces that align them. */
export const unaligned = (table: string): string => table.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---').trim();

/** A table with columns of equal width, as in the other tables of README.md. */
function aligned(table: string): string {
  const rows = table.split('\n').map((line) => line.slice(2, -2).split(' | '));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const pad = (text: string, width: number): string => text.padEnd(width, text === '---' ? '-' : ' ');
  return rows.map((cells) => `${row(...cells.map((text, column) => pad(text, widths[column]!)))}\n`).join('');
}

/** Writes docs/speed.md, docs/speed.svg and the table of README.md. */
export async function writeDocs(): Promise<void> {
  const saved = readFigures();
  writeFileSync(new URL('docs/speed.md', root), speedPage(saved));
  writeFileSync(new URL('docs/speed.svg', root), `${await speedChart(saved)}\n`);
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  readmeTable(readme);
  writeFileSync(new URL('README.md', root), readme.replace(TABLE, aligned(comparison(saved))));
}

if (import.meta.main) await writeDocs();
