// Runs in a page of Chromium: the training step of the convolutional network in jax-js, which uses all cores there, and in isthmus
// on one thread. bench/parts/jax-chromium.ts bundles this file.

import { defaultDevice, init } from '@jax-js/jax';
import { fit } from 'isthmus';
import { checkConvAgreement } from './competitors/jax-agreement.ts';
import { convStep } from './competitors/jax-conv.ts';
import { conv } from './competitors/our-conv.ts';
import { median } from './statistics.ts';
import { pixels } from './workloads.ts';

const ROWS = 32;
const OUR_STEPS = 64;
const WARM_UP = 3;

/** Median milliseconds of a step, interleaved. */
export async function measureInPage(rounds: number): Promise<{ readonly theirs: number; readonly ours: number }> {
  await init('wasm');
  defaultDevice('wasm');
  await checkConvAgreement();
  const [step, model] = [await convStep(ROWS), await conv()];
  const batches = Uint8Array.from(pixels(ROWS * OUR_STEPS), (value) => value * 255);
  const times = { theirs: [] as number[], ours: [] as number[] };
  for (let round = -WARM_UP; round < rounds; round++) {
    const begin = performance.now();
    await step.run(1);
    const between = performance.now();
    await fit(model, batches, { batchSize: ROWS });
    const end = performance.now();
    if (round < 0) continue;
    times.theirs.push(between - begin);
    times.ours.push((end - between) / OUR_STEPS);
  }
  return { theirs: median(times.theirs), ours: median(times.ours) };
}
