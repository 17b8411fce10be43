// The names of models and losses. A file without imports: the help of the command line needs them at every start.

/** The ready-made autoencoders. */
export const modelKinds = ['dense', 'deep', 'conv', 'denoising', 'sparse', 'variational', 'signal'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** Losses that need no further option. */
export const lossNames = ['meanSquaredError', 'meanAbsoluteError', 'huber', 'binaryCrossentropy'] as const;
export type LossName = (typeof lossNames)[number];
