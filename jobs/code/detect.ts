// JavaScript that finds the strange parts of a CSV file, and the command line that does the same.

import { quoted, shellQuoted } from './quote.ts';

/** A number column of a CSV file. */
export interface CodeColumn {
  /** Position in the file, from 0. */
  readonly index: number;
  /** A number that stands for a missing value. */
  readonly missingCode?: number;
}

/** The settings of a detection, all resolved. */
export interface DetectSettings {
  /** Name of the CSV file. */
  readonly file: string;
  readonly rows: boolean;
  /** The number columns in the file that are used. */
  readonly columns: readonly CodeColumn[];
  /** Positions of the columns that hold the time; empty without times. */
  readonly timeIndices: readonly number[];
  readonly delimiter: string;
  /** Whether cells are in quotes. */
  readonly quotes: boolean;
  readonly hasHeader: boolean;
  readonly decimalComma: boolean;
  /** Rows of a window; 1 with `rows`. */
  readonly window: number;
  readonly falseAlarms: number;
  readonly seed: number;
}

/** The lines that read the file. */
function readingLines(settings: DetectSettings): string[] {
  const { file, columns, timeIndices, delimiter, quotes, hasHeader, decimalComma } = settings;
  const header = hasHeader ? '.slice(1)' : '';
  const rows = quotes
    ? `Papa.parse(text, { delimiter: ${quoted(delimiter)} }).data${header}`
    : `text.split(/\\r?\\n/)${header}.map((line) => line.split(${quoted(delimiter)}))`;
  const number = decimalComma ? "cells[column]?.replace(',', '.')" : 'cells[column]';
  const codes = new Set(columns.flatMap(({ missingCode }) => missingCode ?? []));
  const clean = [...codes].map((code) => `.map((value) => (value === ${code} ? Number.NaN : value))`).join('');
  const time = timeIndices.map((index) => `table[row][${index}]`).join(" + ' ' + ");
  return [
    `const text = readFileSync(${quoted(file)}, 'utf8').replace(/^\\ufeff/, '').trimEnd();`,
    `const table = ${rows};`,
    `const columns = [${columns.map(({ index }) => index).join(', ')}].map((column) =>`,
    `  table.map((cells) => Number.parseFloat(${number}))${clean});`,
    `const nameOf = (row) => ${time || "'row ' + (row + 1)"};`,
  ];
}

/** Scales each column as the job does; a missing value repeats the last one. */
const scalingLines = (): string[] => [
  '',
  '// Each column gets median 0 and deviation 1; extreme values do not set the scale. A missing value repeats the one before.',
  'const scaled = columns.map((values) => {',
  '  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();',
  '  const at = (level) => sorted[Math.floor(level * (sorted.length - 1))];',
  '  const limited = sorted.map((value) => Math.max(at(0.01), Math.min(at(0.99), value)));',
  '  const mean = limited.reduce((sum, value) => sum + value / limited.length, 0);',
  '  const scale = Math.sqrt(limited.reduce((sum, value) => sum + (value - mean) ** 2 / limited.length, 0)) || 1;',
  '  let last = 0;',
  '  return values.map((value) => (last = Number.isFinite(value) ? Math.max(-20, Math.min(20, (value - at(0.5)) / scale)) : last));',
  '});',
];

/** The lines that train the detector, twice: the second time without the samples that fit worst. */
const trainingLines = (latent: number, size: number, isVector: boolean, seed: number): string[] => [
  '',
  'const model = await autoencoder({',
  `  input: ${isVector ? `[${size}]` : '[WINDOW, scaled.length]'},`,
  `  encoder: [${isVector ? '' : 'flatten(), '}dense({ units: ${latent} })],`,
  `  decoder: [dense({ units: ${size} })${isVector ? '' : ', reshape({ targetShape: [WINDOW, scaled.length] })'}],`,
  `}, { seed: ${seed} });`,
  'let normal = samples;',
  'let detector;',
  'let scores;',
  'for (const learningRate of [0.003, 0.001]) {',
  '  const epochs = Math.ceil(40_000 / normal.length);',
  '  await fit(model, normal, { epochs, batchSize: 64, optimizer: adam(learningRate), deterministic: true });',
  '  detector = await anomalyDetector(model, normal, { falsePositiveRate: Math.max(0.01, 2 / (normal.length - 9)) });',
  '  scores = Array.from(detector.score(samples));',
  '  const limit = scores.toSorted((a, b) => a - b)[Math.ceil(0.95 * scores.length) - 1];',
  '  normal = samples.filter((_, i) => scores[i] <= limit);',
  '}',
];

/** A function that gives the threshold of scores. */
const thresholdLines = (block: string): string[] => [
  '',
  '// The maxima of blocks of normal scores have about a Gumbel distribution. The threshold is a quantile of it.',
  'function thresholdOf(scores, falseAlarms) {',
  `  const blocks = Math.floor(scores.length / ${block});`,
  `  const maxima = Array.from({ length: blocks }, (_, i) => Math.max(...scores.slice(i * ${block}, (i + 1) * ${block})));`,
  '  maxima.sort((a, b) => a - b);',
  '  const quartile = (n) => maxima[Math.round((n / 4) * (blocks - 1))];',
  '  const gumbel = (level) => -Math.log(-Math.log(level));',
  '  const spread = (quartile(3) - quartile(1)) / (gumbel(0.75) - gumbel(0.25));',
  `  return quartile(2) + spread * (gumbel(1 - falseAlarms * ${block}) - gumbel(0.5));`,
  '}',
];

/** The distance of codes from those of normal windows. */
const codeDistanceLines = (latent: number): string[] => [
  '',
  '// The second score of a window: the distance of its code from the codes of normal windows (Mahalanobis).',
  `const SIZE = ${latent};`,
  'const codesOf = (windows) => {',
  '  const codes = model.encode(windows);',
  '  return windows.map((_, i) => codes.subarray(i * SIZE, (i + 1) * SIZE));',
  '};',
  'const normalCodes = codesOf(normal);',
  'const axes = [...Array(SIZE).keys()];',
  'const center = axes.map((a) => normalCodes.reduce((sum, code) => sum + code[a], 0) / normalCodes.length);',
  'const covariance = (a, b) =>',
  '  normalCodes.reduce((sum, code) => sum + (code[a] - center[a]) * (code[b] - center[b]), 0) / normalCodes.length;',
  '// The Cholesky factor of the covariance.',
  'const factor = axes.map(() => Array(SIZE).fill(0));',
  'for (const a of axes) {',
  '  for (let b = 0; b <= a; b++) {',
  '    const rest = covariance(a, b) - factor[a].slice(0, b).reduce((sum, value, k) => sum + value * factor[b][k], 0);',
  '    factor[a][b] = a === b ? Math.sqrt(Math.max(rest, 1e-12)) : rest / factor[b][b];',
  '  }',
  '}',
  'const distances = codesOf(samples).map((code) => {',
  '  const white = [];',
  '  for (const a of axes) {',
  '    const rest = code[a] - center[a] - white.reduce((sum, value, k) => sum + value * factor[a][k], 0);',
  '    white.push(rest / factor[a][a]);',
  '  }',
  '  return Math.hypot(...white);',
  '});',
];

/** Values of a code, as the job chooses them. */
const latentOf = ({ rows, columns, window }: DetectSettings): number => {
  if (rows) return Math.max(1, Math.min(2, columns.length - 1));
  return Math.max(1, Math.min(4 + 2 * columns.length, 16, (window * columns.length) >> 2));
};

function seriesCode(settings: DetectSettings): string[] {
  const { columns, window, falseAlarms, seed } = settings;
  return [
    `const WINDOW = ${window};`,
    ...readingLines(settings),
    ...scalingLines(),
    '',
    '// A sample is a window of the series: [WINDOW, columns]. Windows start at each row.',
    'const samples = Array.from({ length: table.length - WINDOW + 1 }, (_, start) =>',
    '  Float32Array.from({ length: WINDOW * scaled.length }, (_, i) =>',
    '    scaled[i % scaled.length][start + Math.floor(i / scaled.length)]));',
    ...trainingLines(latentOf(settings), window * columns.length, false, seed),
    ...codeDistanceLines(latentOf(settings)),
    ...thresholdLines('WINDOW'),
    '',
    '// The score of a row is the mean over the windows that cover it, as a multiple of the threshold.',
    'function rowScores(windowScores) {',
    '  const means = table.map((_, row) => {',
    '    const covering = windowScores.slice(Math.max(0, row - WINDOW + 1), row + 1);',
    '    return covering.reduce((sum, score) => sum + score, 0) / covering.length;',
    '  });',
    `  const threshold = thresholdOf(means, ${falseAlarms} / 2);`,
    '  return means.map((mean) => mean / threshold);',
    '}',
    'const [first, second] = [rowScores(scores), rowScores(distances)];',
    '',
    'const stretches = [];',
    'table.forEach((_, row) => {',
    '  const score = Math.max(first[row], second[row]);',
    '  if (score <= 1) return;',
    '  const last = stretches.at(-1);',
    '  if (last && row - last.end <= WINDOW) Object.assign(last, { end: row, score: Math.max(last.score, score) });',
    '  else stretches.push({ start: row, end: row, score });',
    '});',
    'for (const { start, end, score } of stretches) console.log(nameOf(start), nameOf(end), score.toFixed(2));',
  ];
}

function rowsCode(settings: DetectSettings): string[] {
  const { columns, falseAlarms, seed } = settings;
  return [
    ...readingLines(settings),
    ...scalingLines(),
    '',
    '// A sample is a row.',
    'const samples = table.map((_, row) => Float32Array.from(scaled, (column) => column[row]));',
    ...trainingLines(latentOf(settings), columns.length, true, seed),
    ...thresholdLines('4'),
    '',
    `const threshold = thresholdOf(scores, ${falseAlarms});`,
    'scores.forEach((score, row) => {',
    '  if (score > threshold) console.log(nameOf(row), (score / threshold).toFixed(2));',
    '});',
  ];
}

/** JavaScript for Node, a module that prints the strange parts of a CSV file. */
export function detectCode(settings: DetectSettings): string {
  const names = [
    'adam',
    'anomalyDetector',
    'autoencoder',
    'dense',
    'fit',
    ...(settings.rows ? [] : ['flatten', 'reshape']),
  ];
  const lines = [
    "import { readFileSync } from 'node:fs';",
    `import { ${names.join(', ')} } from 'isthmus';`,
    ...(settings.quotes ? ["import Papa from 'papaparse';"] : []),
    '',
    ...(settings.rows ? rowsCode(settings) : seriesCode(settings)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The options of `isthmus detect` that differ from the defaults. */
export interface DetectCommand {
  readonly file: string;
  readonly rows?: boolean;
  readonly columns?: readonly string[];
  readonly window?: number;
  readonly falseAlarms?: number;
  readonly seed?: number;
}

/** The command line `isthmus detect …`. */
export function detectCommand({ file, rows, columns, window, falseAlarms, seed }: DetectCommand): string {
  const words = ['isthmus', 'detect', shellQuoted(file)];
  if (rows) words.push('--rows');
  if (columns) words.push('--columns', shellQuoted(columns.join(',')));
  if (window !== undefined) words.push('--window', String(window));
  if (falseAlarms !== undefined) words.push('--false-alarms', String(falseAlarms));
  if (seed !== undefined) words.push('--seed', String(seed));
  return words.join(' ');
}
