// Inference: computes the output of some nodes for all samples. Calls with the same shapes share a plan.

import { type Shape, sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from './engine.ts';
import { MAX_ROWS, type NodeRange, type PassPlan, planChunks, type SampleFormat } from './executor.ts';

/** A plan of inference, with the nodes and the samples that it is valid for. */
interface CachedPlan extends PassPlan, NodeRange {
  readonly count: number;
  readonly isBytes: boolean;
}

/** The last plans of each engine. Planning takes longer than a dense layer of 784 to 64 for one sample. */
const cachedPlans = /* @__PURE__ */ new WeakMap<Engine, CachedPlan[]>();
/** Enough for encode, decode and reconstruct, and for encode of another number of samples. */
const MAX_CACHED_PLANS = 4;

/**
 * The plan of inference through some nodes. A cached plan is valid while the engine gives its block the same address. Training
 * changes the address. The contents of the block do not matter. Errors: as `planPass`.
 */
function inferencePlan(engine: Engine, { start, end }: NodeRange, { count, size, pixels }: SampleFormat): PassPlan {
  const plans = cachedPlans.get(engine) ?? [];
  const chunk = Math.min(count, MAX_ROWS);
  const same = (plan: CachedPlan): boolean =>
    plan.start === start && plan.end === end && plan.count === chunk && plan.isBytes === pixels;
  const cached = plans.find(same);
  if (cached && engine.reservePerCall(cached.bytes, 'activations') === cached.address) return cached;
  const plan = planChunks(engine, { start, end }, { count: chunk, size, pixels });
  const others = plans.filter((other) => !same(other)).slice(0, MAX_CACHED_PLANS - 1);
  cachedPlans.set(engine, [{ ...plan, start, end, count: chunk, isBytes: pixels }, ...others]);
  return plan;
}

/** The output of some nodes for all samples, in one array. Errors: as `planPass`. */
export function runNetwork(
  engine: Engine,
  range: NodeRange,
  samples: SampleBatch,
  outputShape: Shape,
): Float32Array<ArrayBuffer> {
  const { memory } = engine;
  const size = sizeOf(outputShape);
  const { rows, samplesAddress, compute } = inferencePlan(engine, range, samples);
  const result = new Float32Array(samples.count * size);
  for (let firstRow = 0; firstRow < samples.count; firstRow += rows) {
    const n = Math.min(rows, samples.count - firstRow);
    samples.copyRange(memory, samplesAddress, firstRow, n);
    result.set(memory.view(compute(firstRow, n).output, n * size), firstRow * size);
  }
  return result;
}
