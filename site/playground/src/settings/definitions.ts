// Every setting that a link to the playground holds: its default and the values that it takes.

/** A number setting. `digits`: decimals that a link and a field show. */
export interface NumberDefinition {
  readonly type: 'number';
  readonly initial: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly digits: number;
}

/** A setting with a list of values. */
export interface ChoiceDefinition<T extends string> {
  readonly type: 'choice';
  readonly initial: T;
  readonly values: readonly T[];
}

/** A setting of free text, such as a list of column names. */
export interface TextDefinition {
  readonly type: 'text';
  readonly initial: string;
  readonly maximumLength: number;
}

const number = (initial: number, minimum: number, maximum: number, digits = 0): NumberDefinition => ({
  type: 'number',
  initial,
  minimum,
  maximum,
  digits,
});

const choice = <T extends string>(...values: [T, ...T[]]): ChoiceDefinition<T> => ({
  type: 'choice',
  initial: values[0],
  values,
});

const text = (initial = ''): TextDefinition => ({ type: 'text', initial, maximumLength: 400 });

export const panels = ['train', 'generate', 'clean', 'compress', 'strange'] as const;
export type Panel = (typeof panels)[number];

export const definitions = {
  // Data to train on.
  source: choice('digits', 'own-digits', 'pictures', 'camera', 'table', 'sound'),
  digits: number(2000, 100, 20_000),
  pictureSize: choice('28', '16', '32', '48', '64'),
  pictureColour: choice('grey', 'colour'),
  pictureUse: choice('automatic', 'resized', 'patches'),
  soundWindow: choice('256', '64', '128', '512'),
  // The model and its training.
  kind: choice('variational', 'dense', 'deep', 'conv', 'denoising', 'sparse'),
  latent: number(2, 1, 256),
  noise: number(0, 0, 2, 3),
  learningRate: number(0.001, 0.00001, 0.1, 5),
  epochs: number(20, 1, 1000),
  batchSize: number(32, 1, 1024),
  seed: number(1, 0, 2 ** 31 - 1),
  // Generate.
  samples: number(24, 1, 64),
  sampleSeed: number(7, 0, 2 ** 31 - 1),
  from: number(1, 1, 12),
  to: number(2, 1, 12),
  // Clean a photo.
  strength: number(1, 0.1, 2, 2),
  sigma: number(0, 0, 100, 1),
  addedNoise: number(0, 0, 100, 0),
  // Compress a table.
  boundKind: choice('absolute', 'relative', 'lossless'),
  absoluteBound: number(0.01, 0, 1e9, 9),
  relativeBound: number(0.001, 0, 0.5, 6),
  columnBounds: text(),
  // Find strange rows. 0: chosen from the data, or the default of the job.
  rowsAre: choice('series', 'samples'),
  falseAlarms: number(0, 0, 0.1, 6),
  window: number(0, 0, 1024),
  columns: text(),
} as const;

export type Definitions = typeof definitions;
export type SettingName = keyof Definitions;
export type ValueOf<D> = D extends ChoiceDefinition<infer T> ? T : D extends NumberDefinition ? number : string;
