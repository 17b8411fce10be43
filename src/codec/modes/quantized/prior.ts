// Tables from the prior that `fit` with a `rateWeight` has learnt for a code. A codec's file stores the tables, which are
// integers, and not the prior; so machines need not agree on how the tables are computed.

import { clamp, exponential, sumOf } from '../../../core/portable-math.ts';
import { COMPONENTS, type QuantizedOptions } from '../../../layers/bottlenecks/quantized.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { type ChannelTable, FREQUENCY_TOTAL, MAX_INTEGER, MAX_SYMBOLS } from './tables.ts';

/** A logistic distribution of a mixture. Center and scale are in steps. */
interface Component {
  readonly center: number;
  readonly scale: number;
  readonly weight: number;
}

/** Symbols `low`, `low + 1`, … and their probabilities. */
interface SymbolRange {
  readonly low: number;
  readonly masses: readonly number[];
}

/** Index of a parameter of all components in the prior. */
const CENTER = 0;
const LOG_SCALE = 1;
const LOGIT = 2;

/** The components of one channel, clamped as in assembly/latent/logistic-mixture.ts. */
function componentsOf(prior: Float32Array, channel: number, channels: number): Component[] {
  const parameter = (kind: number, k: number): number => prior[(kind * COMPONENTS + k) * channels + channel]!;
  const weights = Array.from({ length: COMPONENTS }, (_, k) => exponential(clamp(parameter(LOGIT, k), -8, 8)));
  const sum = sumOf(weights);
  return weights.map((weight, k) => ({
    center: parameter(CENTER, k) + 2 * k + 1 - COMPONENTS,
    scale: exponential(clamp(parameter(LOG_SCALE, k), -3, 7)),
    weight: weight / sum,
  }));
}

/** Probability of a value below x. */
const cumulative = (components: readonly Component[], x: number): number =>
  components.reduce((sum, { center, scale, weight }) => {
    return sum + weight / (1 + exponential(clamp((center - x) / scale, -700, 700)));
  }, 0);

/** The symbols with a probability of at least `minMass`, and those between two centers; at most `maxSymbols`. */
function likelySymbols(components: readonly Component[], minMass: number, maxSymbols: number): SymbolRange {
  const massOf = (symbol: number): number =>
    cumulative(components, symbol + 0.5) - cumulative(components, symbol - 0.5);
  const peaks = components.map(({ center }) => Math.round(center));
  const [first, last] = [Math.min(...peaks), Math.max(...peaks)];
  const massIfLikely = (symbol: number): number => {
    const mass = massOf(symbol);
    return (symbol >= first && symbol <= last) || mass >= minMass ? mass : -Infinity;
  };
  // Grows from the likeliest center, on the side whose next symbol is likelier.
  let low = peaks.reduce((best, peak) => (massOf(peak) > massOf(best) ? peak : best));
  const masses = [massOf(low)];
  while (masses.length < maxSymbols) {
    const [left, right] = [massIfLikely(low - 1), massIfLikely(low + masses.length)];
    if (left > right) {
      low--;
      masses.unshift(left);
    } else if (right > -Infinity) masses.push(right);
    else break;
  }
  return { low, masses };
}

/** Frequencies in proportion to the masses and, for the escape, to the rest of 1. Each is at least 1; `total` is their sum. */
function proportionalFrequencies(masses: readonly number[], total: number): number[] {
  const all = [...masses, Math.max(0, 1 - sumOf(masses))];
  const frequencies = all.map((mass) => 1 + Math.floor(mass * (total - all.length)));
  // Rounding left some of the total, which the largest frequency gets.
  const largest = frequencies.indexOf(Math.max(...frequencies));
  frequencies[largest]! += total - sumOf(frequencies);
  return frequencies;
}

/**
 * Tables of the prior that the model's bottleneck has learnt, one for each channel of its code. `total`: sum of the
 * frequencies of a channel; `maxSymbols`: at most so many, without the escape. Undefined for a model without a `quantized`
 * bottleneck, and where `fit` had no `rateWeight`.
 */
export function priorTables(
  model: Model,
  total: number = FREQUENCY_TOTAL,
  maxSymbols: number = MAX_SYMBOLS,
): ChannelTable[] | undefined {
  const { network, memory } = model[engineSymbol];
  const node = network.nodes.find(({ path, definition }) => path === 'latent' && definition.codeBits);
  const [weight] = node?.weights ?? [];
  if (!node || !weight) return undefined;
  const prior = memory.read(memory.parameters + weight.offset, weight.size);
  if (!prior.some(Boolean)) return undefined;
  const channels = node.inputShape.at(-1)!;
  const { step = 1 } = node.layer as QuantizedOptions;
  return Array.from({ length: channels }, (_, channel) => {
    const { low, masses } = likelySymbols(componentsOf(prior, channel, channels), 1 / total, maxSymbols);
    return { step: Math.fround(step), shift: 0, low, frequencies: proportionalFrequencies(masses, total) };
  });
}

/**
 * The tables of the learnt prior, if they are for this step; else undefined, and tables are counted on calibration samples.
 * Test digits took 0.1 % more bytes with the prior than with tables counted on the 60,000 training digits.
 */
export function tablesForStep(model: Model, step: number): readonly ChannelTable[] | undefined {
  const tables = priorTables(model);
  const isUsable = (table: ChannelTable): boolean =>
    table.step === step && Math.abs(table.low) <= MAX_INTEGER - MAX_SYMBOLS;
  return tables?.every(isUsable) ? tables : undefined;
}
