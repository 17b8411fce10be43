// What a variational bottleneck says of samples: means and logarithms of variances; and codes drawn from them.

import type { Engine } from '../engine/engine.ts';
import { passOf } from '../engine/inference.ts';
import { wrongValue } from '../errors.ts';
import type { VariationalOptions } from '../latents/variational.ts';
import { sizeOf } from '../layers/layer.ts';
import { engineOf, type Model } from '../model.ts';
import type { Rows } from '../samples.ts';

/** Streams of the random generator that draw codes; training uses others. */
export const draws = { sample: 0x50000000, mixture: 0x51000000, bound: 0x52000000, pick: 0x53000000 };

/** The engine of a model whose bottleneck is variational, and its options; else a RangeError. */
export function variationalOf(model: Model): { engine: Engine; options: VariationalOptions } {
  const { latent } = model.spec;
  if (latent?.type !== 'variational') {
    throw wrongValue('model', 'one with a variational latent', latent?.type ?? 'one without');
  }
  return { engine: model[engineOf], options: latent as unknown as VariationalOptions };
}

export interface Distribution {
  /** [count][units] */
  readonly mean: Float32Array<ArrayBuffer>;
  readonly logVariance: Float32Array<ArrayBuffer>;
}

/** Means and variances of the codes of all samples. */
export function distributionOf(engine: Engine, x: Rows): Distribution {
  const { network, memory } = engine;
  const units = sizeOf(network.latent);
  const mean = new Float32Array(x.count * units);
  const logVariance = new Float32Array(x.count * units);
  const part = { start: 0, end: network.encoders };
  const pass = passOf(
    engine,
    part,
    x,
    (y, start, rows) => {
      mean.set(memory.floats.subarray(y / 4, y / 4 + rows * units), start * units);
      // The bottleneck keeps means, then logarithms of variances.
      const from = pass.lastSaved / 4 + rows * units;
      logVariance.set(memory.floats.subarray(from, from + rows * units), start * units);
    },
    x,
    true,
  );
  for (let first = 0; first < x.count; first += pass.rows) pass.take(first);
  return { mean, logVariance };
}

/** Codes drawn from distributions, the same ones for a step and a stream of a seed on every runtime. */
export function drawCodes(
  engine: Engine,
  d: Distribution,
  step: number,
  stream: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const { memory, kernels } = engine;
  const n = d.mean.length;
  const chunk = Math.min(n, 2 ** 16);
  const [mean, logVariance, y, scratch] = engine.temporary([chunk * 4, chunk * 4, chunk * 4, 64], 'codes') as [
    number,
    number,
    number,
    number,
  ];
  const codes = new Float32Array(n);
  for (let from = 0, part = 0; from < n; from += chunk, part++) {
    const size = Math.min(chunk, n - from);
    memory.write(mean, d.mean.subarray(from, from + size));
    memory.write(logVariance, d.logVariance.subarray(from, from + size));
    // A part of its own in the stream, whatever the number of values.
    kernels.reparameterize(
      y,
      mean,
      logVariance,
      size,
      scratch,
      step,
      stream + part,
      seed >>> 0,
      Math.floor(seed / 2 ** 32),
    );
    codes.set(memory.floats.subarray(y / 4, y / 4 + size), from);
  }
  return codes;
}
