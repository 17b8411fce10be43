// One row for each bottleneck: the layers that tests of all bottlenecks build. Their float64 definitions are in latents.ts; the
// gradients of the contractive penalty are central differences in test/engine/contractive.test.ts.

import type { Activation, FitOptions, Layer } from 'isthmus';
import type { Isthmus } from '../suites/assert.ts';

export interface BottleneckCase {
  readonly layer: (i: Isthmus) => Layer;
  readonly options?: FitOptions;
  /** Activation of the layer before the bottleneck. Default `tanh`. */
  readonly activation?: Activation;
}

/** Cases by a title, for codes of six values. */
export const bottleneckTable: Readonly<Record<string, Readonly<Record<string, BottleneckCase>>>> = {
  variational: {
    'free bits and warmup': { layer: (i) => i.variational({ units: 3, beta: 0.5, freeBits: 0.01, warmup: 20 }) },
  },
  sparse: {
    l1: { layer: (i) => i.sparse({ l1: 1e-3 }) },
    'mean activity': { layer: (i) => i.sparse({ target: 0.1, weight: 0.2 }), activation: 'sigmoid' },
    'share of values': { layer: (i) => i.sparse({ target: 0.3, activity: 'share' }), activation: 'relu' },
  },
  kSparse: { 'two values': { layer: (i) => i.kSparse({ k: 2 }) } },
  quantized: {
    'half steps': { layer: (i) => i.quantized({ step: 0.5 }) },
    'trained rate': { layer: (i) => i.quantized({ step: 0.5 }), options: { rateWeight: 0.01 } },
  },
  contractive: { exact: { layer: (i) => i.contractive({ weight: 0.1 }) } },
};
