// JavaScript that trains a model, and the command line that does the same.

import { innerNoise, presetName, presetOptions } from '../train/model.ts';
import type { TrainSettings } from '../train/settings.ts';
import { validationStep } from '../train/split.ts';
import { type CodePart, moduleText } from './module.ts';
import { quoted, shellQuoted } from './quote.ts';
import { type CodeSource, readingPart } from './source.ts';

/** A value as a literal of JavaScript on one line. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${literal(item)}`);
    return `{ ${entries.join(', ')} }`;
  }
  return String(value);
}

/** The lines that build the model. */
function modelPart(settings: TrainSettings): CodePart {
  const preset = presetName(settings.kind);
  const call = `${preset}(${literal(presetOptions(settings))})`;
  const build = (spec: string): string => `const model = await autoencoder(${spec}, { seed: ${settings.seed} });`;
  if (!settings.normalize) return { imports: { isthmus: ['autoencoder', preset] }, lines: [build(call)] };
  const stddev = innerNoise(settings);
  const noise = stddev ? `gaussianNoise({ stddev: ${stddev} }), ` : '';
  const names = ['autoencoder', 'normalization', preset, ...(stddev ? ['gaussianNoise'] : [])];
  return {
    imports: { isthmus: names },
    lines: [
      `const { corruption, ...preset } = ${call};`,
      '// The model standardizes its input, and gives its output in the units of the data.',
      'const spec = {',
      '  ...preset,',
      `  encoder: [normalization(), ${noise}...preset.encoder],`,
      '  decoder: [...(preset.decoder ?? []), normalization({ invert: true })],',
      '};',
      build('spec'),
    ],
  };
}

/** The lines that train. `samples` is a list of samples. */
function fitPart(settings: TrainSettings, kind: 'rows' | 'pictures' | 'windows', count?: number): CodePart {
  const { epochs, batchSize, learningRate, loss, noise, normalize, validation, patience, deterministic } = settings;
  const outerNoise = !normalize && settings.kind !== 'denoising' ? noise : undefined;
  const step = validationStep(validation);
  const hasValidation = validation > 0 && (count === undefined || (kind === 'windows' ? count > 1 : count >= step));
  const lines: string[] = [];
  let train = 'samples';
  if (hasValidation) {
    if (kind === 'windows') {
      lines.push(
        `const first = samples.length - Math.min(samples.length - 1, Math.max(1, Math.round(samples.length * ${validation})));`,
        'const train = samples.slice(0, first);',
        'const validationData = samples.slice(first);',
      );
    } else {
      lines.push(
        `const train = samples.filter((_, i) => i % ${step} !== ${step - 1});`,
        `const validationData = samples.filter((_, i) => i % ${step} === ${step - 1});`,
      );
    }
    train = 'train';
  }
  const options = [
    `  epochs: ${epochs},`,
    `  batchSize: ${batchSize},`,
    `  optimizer: adam({ learningRate: ${learningRate} }),`,
    ...(loss ? [`  loss: ${quoted(loss)},`] : []),
    ...(outerNoise ? [`  corruption: gaussianNoise({ stddev: ${outerNoise} }),`] : []),
    ...(hasValidation ? ['  validationData,'] : []),
    ...(patience === undefined ? [] : [`  earlyStopping: { patience: ${patience}, restoreBest: true },`]),
    ...(deterministic ? ['  deterministic: true,'] : []),
    "  onEpochEnd: (epoch, { loss }) => console.log('epoch', epoch + 1, 'loss', loss),",
  ];
  lines.push(`await fit(model, ${train}, {`, ...options, '});');
  return { imports: { isthmus: ['adam', 'fit', ...(outerNoise ? ['gaussianNoise'] : [])] }, lines };
}

/** The line that writes the model, by the ending of the name. */
function savePart(output: string, dtype: string): CodePart {
  const write = (bytes: string): string => `await writeFile(${quoted(output)}, ${bytes});`;
  const files = { 'node:fs/promises': ['writeFile'] };
  if (/\.onnx$/i.test(output))
    return { imports: { ...files, 'isthmus/onnx': ['toOnnx'] }, lines: [write('toOnnx(model)')] };
  if (/\.c$/i.test(output)) return { imports: { ...files, 'isthmus/c': ['toC'] }, lines: [write('toC(model)')] };
  const options = dtype === 'float32' ? '' : `, { dtype: ${quoted(dtype)} }`;
  return { imports: { ...files, isthmus: ['saveModel'] }, lines: [write(`saveModel(model${options})`)] };
}

/** What a program trains on and writes. */
export interface TrainCode {
  readonly settings: TrainSettings;
  readonly kind: 'rows' | 'pictures' | 'windows';
  /** Number of samples, where it is known. */
  readonly count?: number;
  /** How to read the data; or lines that make `samples`, a list of samples. */
  readonly source: CodeSource | CodePart;
  /** Name of the model file. */
  readonly output: string;
  /** Type of the weights in the file. Default `float32`. */
  readonly dtype?: string;
}

/** A module for Node that does the same as `isthmus train`. */
export function trainCode({ settings, kind, count, source, output, dtype = 'float32' }: TrainCode): string {
  const reading = 'lines' in source ? source : readingPart(source);
  return moduleText([reading, modelPart(settings), fitPart(settings, kind, count), savePart(output, dtype)]);
}

/** The options of `isthmus train` that differ from its defaults. */
export interface TrainCommand {
  readonly files: readonly string[];
  readonly output: string;
  /** Settings that a person has chosen. */
  readonly settings: Partial<Omit<TrainSettings, 'input' | 'normalize'>>;
  readonly window?: number;
  readonly stride?: number;
  readonly size?: readonly number[];
  readonly columns?: readonly string[];
}

/** Keys of settings in the order of the command line. */
const optionNames = {
  kind: '--kind',
  latent: '--latent',
  hidden: '--hidden',
  filters: '--filters',
  activation: '--activation',
  loss: '--loss',
  noise: '--noise',
  epochs: '--epochs',
  patience: '--patience',
  batchSize: '--batch-size',
  learningRate: '--learning-rate',
  validation: '--validation',
  seed: '--seed',
} as const;

/** The command line `isthmus train …`. */
export function trainCommand({ files, output, settings, window, stride, size, columns }: TrainCommand): string {
  const words = ['isthmus', 'train', ...files.map(shellQuoted)];
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) words.push(name, shellQuoted(String(value)));
  };
  add('--window', window);
  add('--stride', stride);
  add('--size', size?.join(','));
  add('--columns', columns?.join(','));
  for (const [key, name] of Object.entries(optionNames)) add(name, settings[key as keyof typeof optionNames]);
  if (settings.deterministic) words.push('--deterministic');
  return [...words, '-o', shellQuoted(output)].join(' ');
}
