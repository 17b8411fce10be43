// Periods of series, such as a day in hourly values: the lags at which the changes of a series repeat.

/** Values by which periods are found. */
const TRIAL_VALUES = 8192;
const MAX_PERIOD = 2048;
/** The smallest autocorrelation of a period. */
const MIN_CORRELATION = 0.15;

/** Sum of products of a series and itself, `lag` values later. */
function correlationAt(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum;
}

/** The changes from value to value, without the largest of them, which would hide the others. */
function changesOf(values: Float32Array): Float64Array {
  const changes = new Float64Array(Math.max(0, Math.min(values.length, TRIAL_VALUES) - 1));
  for (let i = 0; i < changes.length; i++) changes[i] = values[i + 1]! - values[i]!;
  const size = changes.reduce((sum, change) => sum + Math.abs(change), 0) / (changes.length || 1);
  return changes.map((change) => Math.max(-4 * size, Math.min(4 * size, change)));
}

/** At most two periods that the channels share, the clearest first. `channels`: series of one length. */
export function periodsOf(channels: readonly Float32Array[]): number[] {
  const maxLag = Math.min(MAX_PERIOD, Math.floor((channels[0]?.length ?? 0) / 4));
  const correlations = new Float64Array(maxLag + 2);
  for (const values of channels.slice(0, 4)) {
    const changes = changesOf(values);
    const energy = correlationAt(changes, 0);
    if (!(energy > 0)) continue;
    for (let lag = 1; lag <= maxLag + 1; lag++) correlations[lag]! += correlationAt(changes, lag) / energy;
  }
  const count = Math.min(4, channels.length);
  const peaks: { lag: number; correlation: number }[] = [];
  for (let lag = 4; lag <= maxLag; lag++) {
    const correlation = correlations[lag]! / count;
    const isPeak = correlation >= correlations[lag - 1]! / count && correlation >= correlations[lag + 1]! / count;
    if (isPeak && correlation > MIN_CORRELATION) peaks.push({ lag, correlation });
  }
  peaks.sort((a, b) => b.correlation - a.correlation);
  const [first] = peaks;
  if (!first) return [];
  // The shortest period is nearly as clear as its multiples.
  const shortest = peaks
    .filter(({ correlation }) => correlation > 0.8 * first.correlation)
    .sort((a, b) => a.lag - b.lag)[0]!;
  return [...new Set([first.lag, shortest.lag])];
}
