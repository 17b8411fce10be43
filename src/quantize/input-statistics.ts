// Statistics of the inputs of a layer over the calibration samples.

/** Bins of a histogram. */
const BINS = 2048;

export class InputStatistics {
  /** Smallest and largest value, and 0. */
  minimum = 0;
  maximum = 0;
  /** Sums over all values of a channel, and their number. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Number of positions: of values of a channel. */
  positions = 0;
  /** Counts of the values other than 0 in equal bins from minimum to maximum. */
  readonly histogram: Float64Array = new Float64Array(BINS);

  constructor(channels: number) {
    this.sums = new Float64Array(channels);
    this.squares = new Float64Array(channels);
  }

  /** First pass: extremes and sums. */
  add(values: Float32Array): void {
    const { sums, squares } = this;
    const channels = sums.length;
    let { minimum, maximum } = this;
    for (let i = 0, channel = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      sums[channel]! += value;
      squares[channel]! += value * value;
      channel = channel + 1 < channels ? channel + 1 : 0;
    }
    this.minimum = minimum;
    this.maximum = maximum;
    this.positions += values.length / channels;
  }

  /** Second pass: the histogram. */
  count(values: Float32Array): void {
    const { minimum, maximum, histogram } = this;
    const binsPerUnit = BINS / (maximum - minimum || 1);
    for (const value of values)
      if (value !== 0) histogram[Math.min(BINS - 1, Math.floor((value - minimum) * binsPerUnit))]!++;
  }

  /** Whether all values were finite. */
  get isFinite(): boolean {
    return this.sums.every(Number.isFinite);
  }

  /** Mean and mean square of a channel. */
  mean = (channel: number): number => this.sums[channel]! / this.positions;
  meanSquare = (channel: number): number => this.squares[channel]! / this.positions;
}
