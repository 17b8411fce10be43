// The parts of the benchmark in the order in which they run.

import type { Part } from './part.ts';
import { codecPart } from './parts/codec.ts';
import { eightPart } from './parts/eight.ts';
import { jaxChromiumPart } from './parts/jax-chromium.ts';
import { memoryPart } from './parts/memory.ts';
import { pricePart } from './parts/price.ts';
import { productsPart } from './parts/products.ts';
import { ransPart } from './parts/rans.ts';
import { scalingPart } from './parts/scaling.ts';
import { spillsPart } from './parts/spills.ts';
import { startPart } from './parts/start.ts';
import { tfjsPart } from './parts/tfjs.ts';
import { threadsPart } from './parts/threads.ts';
import { workersPart } from './parts/workers.ts';
import { workloadParts } from './parts/workloads.ts';

export const parts: readonly Part[] = [
  // First: garbage of the competitors could hide the growth of the heap.
  memoryPart,
  spillsPart,
  productsPart,
  ...workloadParts,
  jaxChromiumPart,
  startPart,
  scalingPart,
  threadsPart,
  workersPart,
  pricePart,
  tfjsPart,
  ransPart,
  codecPart,
  eightPart,
];
