import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import type { LayerFactory } from './layer.ts';

// biome-ignore lint/suspicious/noExplicitAny: each factory has options of its own
export type AnyLayerFactory = LayerFactory<any>;

/** All layers there are, for `loadModel`. */
export const allLayers = (): readonly AnyLayerFactory[] => [dense, dropout, gaussianNoise];
