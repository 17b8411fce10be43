// Checks of targets against the values that a loss takes and the values that an output can have.

import { wrongValue } from '../core/errors.ts';
import { lastAxis, shapeText } from '../core/shape.ts';
import { warn } from '../core/warn.ts';
import { type SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { definitionOf } from '../engine/define-layer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Layer, SampleTransform } from '../engine/layer-definition.ts';
import type { LossTerm } from '../engine/losses.ts';
import { outputScale } from '../engine/schedule.ts';
import type { FitOptions } from './options.ts';

/** Ranges of the activations that are bounded. Each contains 0. */
const outputRanges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  relu: [0, Infinity],
  sigmoid: [0, 1],
  tanh: [-1, 1],
  softplus: [0, Infinity],
  softmax: [0, 1],
};

/** Tolerances for rounding: of a probability, and of their sum. A sum of 0 means no class. */
const ROUNDING = 1e-5;
const SUM = 1e-3;
/** Values that exceed the range of an output by no more than this raise no warning. */
const NEAR = 0.01;

/** Models that a warning has been printed for. */
const warned = /* @__PURE__ */ new WeakSet<Engine>();

/** The cross-entropy among the terms of a loss, if any. */
const crossentropy = (terms: readonly LossTerm[]): string | undefined =>
  terms.find(({ name }) => name.endsWith('Crossentropy'))?.name;

/**
 * Errors: RangeError for an augmentation that moves values while `targets` have another shape than the input, and for one that
 * leaves 0..1 while the samples are the targets of a cross-entropy.
 */
export function checkAugmentRange(
  changes: readonly Layer[],
  terms: readonly LossTerm[],
  engine: Engine,
  given: FitOptions,
): void {
  const { inputShape, network } = engine;
  const loss = given.targets === undefined && given.labels === undefined ? crossentropy(terms) : undefined;
  changes.forEach((layer, i) => {
    const [low = -1, high = 2] = (layer as { clip?: readonly number[] }).clip ?? [];
    const values = !definitionOf<SampleTransform>(layer, 'augment').movesValues;
    if (loss && values && (low < 0 || high > 1)) {
      throw wrongValue(`augment[${i}]`, `${layer.type} with clip: [0, 1] for ${loss}`, layer);
    }
    if (given.targets !== undefined && !values && network.outputShape.join() !== inputShape.join()) {
      throw wrongValue(`augment[${i}]`, `targets of the input's shape ${shapeText(inputShape)}`, network.outputShape);
    }
  });
}

/**
 * Errors: RangeError for targets of a cross-entropy that are not probabilities. `reached`: also warns, once for each model, of
 * targets outside the range of the output's activation, and of a categorical cross-entropy without a softmax: all outputs would
 * grow to 1.
 */
export function checkTargetRange(rows: SampleBatch, terms: readonly LossTerm[], engine: Engine, reached = false): void {
  const { nodes, outputShape } = engine.network;
  const { name, pixels } = rows;
  const loss = crossentropy(terms);
  const scale = outputScale(engine.network);
  if (scale && loss) throw wrongValue('loss', 'an error, as targets are normalised', loss);
  const classes = loss === 'categoricalCrossentropy' ? lastAxis(outputShape) : 0;
  const end = nodes
    .slice(0, scale?.at)
    .findLast(({ definition }) => !definition.identity && !definition.trainingOnly)?.layer;
  const { activation = '' } = (end ?? {}) as { activation?: string };
  const fresh = reached && !warned.has(engine);
  const range = fresh ? outputRanges[activation] : undefined;
  if (fresh && classes && activation !== 'softmax') {
    warned.add(engine);
    warn(`${loss} compares shares of one: end in 'softmax', not in '${activation || 'linear'}'`);
  }
  let [least, most] = scale ? [-Infinity, Infinity] : [0, 0];
  // Bytes become 0..1, which every bounded range contains.
  const count = scale || (pixels ? !classes : !loss && !range) ? 0 : rows.count;
  for (let r = 0; r < count; r++) {
    const values = sampleValues(rows, r, 1);
    const { length } = values;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const value = pixels ? values[i]! / 255 : values[i]!;
      if (value < least) least = value;
      if (value > most) most = value;
      if (!loss) continue;
      if (Math.abs(value - 0.5) > 0.5 + ROUNDING) {
        throw wrongValue(`${name}[${r}][${i}]`, `0..1 for ${loss} (scale it, or take another loss)`, value);
      }
      sum += value;
      if (!classes || (i + 1) % classes) continue;
      if (sum && Math.abs(sum - 1) > SUM) throw wrongValue(`${name}[${r}]`, `a sum of 1 for ${loss}`, sum);
      sum = 0;
    }
  }
  if (!range || (least >= range[0] - NEAR && most <= range[1] + NEAR)) return;
  warned.add(engine);
  const targets = scale
    ? 'targets are normalised, to values on both sides of 0'
    : `"${name}" has values of ${least}..${most}`;
  warn(`${targets}, but the output's ${activation} reaches ${range.join('..')}: scale them, or end in 'linear'`);
}
