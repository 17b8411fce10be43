// Checks of targets against the values that a loss takes and the values that an output can have.

import { wrongValue } from '../core/errors.ts';
import { lastAxis, shapeText } from '../core/shape.ts';
import { warn } from '../core/warn.ts';
import { type SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { definitionOf } from '../engine/define-layer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Network } from '../engine/graph.ts';
import type { Layer, SampleTransform } from '../engine/layer-definition.ts';
import type { LossTerm } from '../engine/losses.ts';
import { outputScale } from '../engine/schedule.ts';
import type { FitOptions } from './options.ts';

/** Ranges of the activations that are bounded. Each contains 0..1. */
const outputRanges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  relu: [0, Infinity],
  sigmoid: [0, 1],
  tanh: [-1, 1],
  softplus: [0, Infinity],
  softmax: [0, 1],
};

/** A probability may be outside 0..1 by this much: it was rounded. */
const PROBABILITY_TOLERANCE = 1e-5;
/** The sum of the probabilities of classes may differ from 1 by this much. */
const SUM_TOLERANCE = 1e-3;
/** Targets may be outside the range of the output by this much without a warning. */
const RANGE_TOLERANCE = 0.01;

/** Models that have caused a warning. They cause no further one. */
const warned = /* @__PURE__ */ new WeakSet<Engine>();

/** The name of the cross-entropy among the terms of a loss, if any. */
const crossentropy = (terms: readonly LossTerm[]): string | undefined =>
  terms.find(({ name }) => name.endsWith('Crossentropy'))?.name;

/**
 * Errors: RangeError for an augmentation that moves values while `targets` have another shape than the input, and for an
 * augmentation whose results can be outside 0..1 while the samples are the targets of a cross-entropy.
 */
export function checkAugmentRange(
  augmentations: readonly Layer[],
  terms: readonly LossTerm[],
  engine: Engine,
  { targets, labels }: FitOptions,
): void {
  const { inputShape, network } = engine;
  const loss = targets === undefined && labels === undefined ? crossentropy(terms) : undefined;
  augmentations.forEach((layer, i) => {
    const { movesValues } = definitionOf<SampleTransform>(layer, 'augment');
    const [low = -1, high = 2] = (layer as { clip?: readonly number[] }).clip ?? [];
    if (loss && !movesValues && (low < 0 || high > 1)) {
      throw wrongValue(`augment[${i}]`, `${layer.type} with clip: [0, 1] for ${loss}`, layer);
    }
    if (targets !== undefined && movesValues && network.outputShape.join() !== inputShape.join()) {
      throw wrongValue(`augment[${i}]`, `targets of the input's shape ${shapeText(inputShape)}`, network.outputShape);
    }
  });
}

/** The activation of the last layer that changes values at inference; layers from node `end` on do not count. '' for none. */
function outputActivation({ nodes }: Network, end: number | undefined): string {
  const last = nodes.slice(0, end).findLast(({ definition }) => !definition.identity && !definition.trainingOnly);
  return (last?.layer as { activation?: string } | undefined)?.activation ?? '';
}

/**
 * Errors: RangeError for a target of sample `index` that is outside 0..1, and for probabilities of `classes` classes whose sum
 * is not 1. A sum of 0 is allowed: the sample has no class. `classes`: 0 for a loss that does not compare classes.
 */
function checkProbabilities(targets: SampleBatch, index: number, loss: string, classes: number): void {
  const scale = targets.pixels ? 255 : 1;
  let sum = 0;
  sampleValues(targets, index, 1).forEach((stored, i) => {
    const value = stored / scale;
    if (Math.abs(value - 0.5) > 0.5 + PROBABILITY_TOLERANCE) {
      throw wrongValue(`${targets.name}[${index}][${i}]`, `0..1 for ${loss} (scale it, or take another loss)`, value);
    }
    sum += value;
    if (!classes || (i + 1) % classes) return;
    if (sum && Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw wrongValue(`${targets.name}[${index}]`, `a sum of 1 for ${loss}`, sum);
    }
    sum = 0;
  });
}

/** The smallest and the largest target as text, such as `-1..2`; undefined if the activation reaches both. 0 counts as a target. */
function unreachedTargets(targets: SampleBatch, [low, high]: readonly [number, number]): string | undefined {
  let smallest = 0;
  let largest = 0;
  for (let r = 0; r < targets.count; r++) {
    for (const value of sampleValues(targets, r, 1)) {
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  if (smallest >= low - RANGE_TOLERANCE && largest <= high + RANGE_TOLERANCE) return;
  return `"${targets.name}" has values of ${smallest}..${largest}`;
}

/** Warns, once for each model, of targets outside the range of the output's `activation`. `normalised`: the targets are. */
function warnOfUnreachedTargets(targets: SampleBatch, activation: string, normalised: boolean, engine: Engine): void {
  const range = outputRanges[activation];
  // Bytes become 0..1, which each range contains. Normalised targets are not bounded.
  if (!range || (targets.pixels && !normalised)) return;
  const values = normalised ? 'targets are normalised, to values on both sides of 0' : unreachedTargets(targets, range);
  if (!values) return;
  warned.add(engine);
  warn(`${values}, but the output's ${activation} reaches ${range.join('..')}: scale them, or end in 'linear'`);
}

/**
 * Errors: RangeError for targets of a cross-entropy that are not probabilities. `reached`: the output has to reach the targets.
 * The function then also warns, once for each model, of targets outside the range of the output's activation, and of a
 * categorical cross-entropy without a softmax: all outputs would grow to 1.
 */
export function checkTargetRange(
  targets: SampleBatch,
  terms: readonly LossTerm[],
  engine: Engine,
  reached = false,
): void {
  const { network } = engine;
  const loss = crossentropy(terms);
  const scale = outputScale(network);
  const mayWarn = reached && !warned.has(engine);
  const activation = outputActivation(network, scale?.at);
  if (!loss) {
    if (mayWarn) warnOfUnreachedTargets(targets, activation, !!scale, engine);
    return;
  }
  if (scale) throw wrongValue('loss', 'an error, as targets are normalised', loss);
  const classes = loss === 'categoricalCrossentropy' ? lastAxis(network.outputShape) : 0;
  if (mayWarn && classes && activation !== 'softmax') {
    warned.add(engine);
    warn(`${loss} compares shares of one: end in 'softmax', not in '${activation || 'linear'}'`);
  }
  // Bytes become 0..1, but the sum of the probabilities of classes can be wrong.
  if (targets.pixels && !classes) return;
  for (let r = 0; r < targets.count; r++) checkProbabilities(targets, r, loss, classes);
}
