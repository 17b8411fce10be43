// The category of an export, by the file that defines it. The first pattern that matches counts.
const categories = [
  [/^src\/layers\/bottlenecks\//, 'Bottlenecks'],
  [/^src\/layers\/(transforms\/|gaussian-noise)/, 'Noise and augmentation'],
  [/^src\/layers\//, 'Layers'],
  [/^src\/model\/presets\//, 'Ready-made specs'],
  [/^src\/train\/optimizers\//, 'Optimizers and schedules'],
  [/^src\/(train|evaluate|data)\/|^src\/model\/history|^src\/engine\/losses/, 'Training and evaluation'],
  [/^src\/files\//, 'Files'],
  [/^src\/codec\//, 'Compression'],
  [/^src\/(detect|series|table)/, 'Detection'],
  [/^src\/denoise\//, 'Denoising'],
  [/^src\/generate\//, 'Generation'],
  [/^src\/(model|engine|core|linalg)\//, 'Models'],
];

/** The category of a source file, such as `src/layers/dense.ts`. */
export const categoryOf = (file) => categories.find(([pattern]) => pattern.test(file))?.[1] ?? 'Models';

/** The order of the categories in the reference. */
export const categoryOrder = [
  'Models',
  'Ready-made specs',
  'Layers',
  'Bottlenecks',
  'Training and evaluation',
  'Optimizers and schedules',
  'Noise and augmentation',
  'Files',
  'Compression',
  'Detection',
  'Denoising',
  'Generation',
];
