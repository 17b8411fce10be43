import { number, options, positive } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { defineLayer } from './layer.ts';

export interface GaussianNoiseOptions {
  /** Standard deviation, in the unit of the values. */
  readonly stddev: number;
  /** Range that values are held in afterwards, `[0, 1]` for pixels. Default: none. */
  readonly clip?: readonly [low: number, high: number];
}

/**
 * Adds normal noise while training, fresh at every step; nothing at inference. A layer, and a `corruption`
 * of `fit`. Errors: TypeError, RangeError on wrong options.
 */
export const gaussianNoise = /* @__PURE__ */ defineLayer<GaussianNoiseOptions>({
  type: 'gaussianNoise',
  trainingOnly: true,
  corrupts: true,

  check(o, name) {
    options(name, o, ['type', 'stddev', 'clip']);
    positive(`${name}.stddev`, o.stddev);
    if (o.clip === undefined) return;
    if (!Array.isArray(o.clip) || o.clip.length !== 2) throw wrongType(`${name}.clip`, 'two numbers', o.clip);
    for (const end of o.clip) number(`${name}.clip`, end, 'two finite numbers', () => true);
    if (!(o.clip[0] < o.clip[1])) throw wrongValue(`${name}.clip`, 'a lower and a higher number', o.clip);
  },

  shape: (_, input) => input,

  forward(k, c, o) {
    const [low, high] = o.clip ?? [-Infinity, Infinity];
    const n = c.rows * c.inputSize;
    k.addNormal(c.y, c.x, n, o.stddev, low, high, c.scratch, c.step, c.stream, c.seedLow, c.seedHigh);
  },

  backward(k, c, o) {
    const [low, high] = o.clip ?? [-Infinity, Infinity];
    if (c.dx) k.clampBackward(c.dx, c.dy, c.y, c.rows * c.inputSize, low, high);
  },
});
