// An autoencoder that removes white noise. Its encoder is the discrete cosine transform of each patch, and units that set small
// coefficients to 0; its decoder is the inverse transform, averaged over all patches that cover a value: translation-invariant
// denoising (Coifman and Donoho, 1995) by the cosine transform (Yu and Sapiro, 2011). The input is in units of the noise's standard
// deviation, so that one model serves all levels of noise.

import { autoencoder, conv2d, conv2dTranspose, depthwiseConv2d, type Model, reshape } from 'isthmus';

/** Height and width. */
export interface Sides {
  readonly height: number;
  readonly width: number;
}

/** The form of a shrinkage autoencoder. */
export interface ShrinkageOptions {
  /** Size of the input; a signal has the width 1. */
  readonly input: Sides;
  readonly patch: Sides;
  /** Distance of two patches along each side of a patch that is longer than 1. It divides these sides. */
  readonly stride: number;
  /** Coefficients below `low` become 0, those above `high` do not change, those between are interpolated (Gao and Bruce, 1997). */
  readonly low: number;
  readonly high: number;
  /** Whether a patch is weighted by a sine window, as patches of signals are. */
  readonly windowed: boolean;
  /** Whether the mean of a patch never changes, as in pictures. */
  readonly keepsMean: boolean;
}

/** Units for each coefficient x: relu(x - low), relu(x - high), relu(-x - low), relu(-x - high). */
const UNITS = 4;

/** The orthonormal cosine basis of `count` vectors: `basis[u][i]`. */
function cosineBasis(count: number): Float64Array[] {
  return Array.from({ length: count }, (_, u) =>
    Float64Array.from({ length: count }, (_, i) => {
      const norm = Math.sqrt((u === 0 ? 1 : 2) / count);
      return norm * Math.cos((Math.PI * (i + 0.5) * u) / count);
    }),
  );
}

/** A window of mean square 1. */
const patchWindow = (length: number, windowed: boolean): Float64Array =>
  Float64Array.from({ length }, (_, i) => {
    if (!windowed || length === 1) return 1;
    return Math.SQRT2 * Math.sin((Math.PI * (i + 0.5)) / length);
  });

/** The kernels of the layers, and the bias of the units. */
function shrinkageWeights({ patch, stride, low, high, windowed, keepsMean }: ShrinkageOptions) {
  const { height, width } = patch;
  const filters = height * width;
  const units = filters * UNITS;
  const analysis = new Float32Array(filters * filters);
  const synthesis = new Float32Array(filters * units);
  const signs = new Float32Array(units);
  const limits = new Float32Array(units);
  const [rows, columns] = [cosineBasis(height), cosineBasis(width)];
  const [rowWindow, columnWindow] = [patchWindow(height, windowed), patchWindow(width, windowed)];
  // The squares of the windows of all patches that cover a value sum to this number.
  const covering = (height > 1 ? height / stride : 1) * (width > 1 ? width / stride : 1);
  const slope = high / (high - low);
  for (let filter = 0; filter < filters; filter++) {
    const passes = keepsMean && filter === 0;
    const gains = passes ? [1, 0, -1, 0] : [slope, 1 - slope, -slope, slope - 1];
    for (let unit = 0; unit < UNITS; unit++) {
      signs[filter * UNITS + unit] = unit < 2 ? 1 : -1;
      limits[filter * UNITS + unit] = passes ? 0 : -(unit % 2 === 0 ? low : high);
    }
    for (let position = 0; position < filters; position++) {
      const [y, x] = [Math.floor(position / width), position % width];
      const basis = rows[Math.floor(filter / width)]![y]! * columns[filter % width]![x]!;
      const value = basis * rowWindow[y]! * columnWindow[x]!;
      analysis[position * filters + filter] = value;
      for (let unit = 0; unit < UNITS; unit++) {
        synthesis[position * units + filter * UNITS + unit] = (gains[unit]! * value) / covering;
      }
    }
  }
  return { analysis, synthesis, signs, limits };
}

/**
 * A model whose input and output are `[height, width, 1]`, or `[length, 1]` of a signal. At the borders, up to one patch wide, fewer
 * patches cover a value, and the output is too small: cut them off.
 */
export async function shrinkageAutoencoder(options: ShrinkageOptions): Promise<Model> {
  const { input, patch, stride } = options;
  const isSignal = input.width === 1;
  const shared = {
    kernelSize: [patch.height, patch.width],
    strides: [stride, isSignal ? 1 : stride],
    padding: 'valid',
  } as const;
  const picture = [input.height, input.width, 1];
  const signal = [input.height, 1];
  const model = await autoencoder({
    input: isSignal ? signal : picture,
    encoder: [
      ...(isSignal ? [reshape({ targetShape: picture })] : []),
      conv2d({ filters: patch.height * patch.width, ...shared }),
      depthwiseConv2d({ kernelSize: 1, depthMultiplier: UNITS, activation: 'relu' }),
    ],
    decoder: [conv2dTranspose({ filters: 1, ...shared }), ...(isSignal ? [reshape({ targetShape: signal })] : [])],
  });
  const { analysis, synthesis, signs, limits } = shrinkageWeights(options);
  const values = [analysis, undefined, signs, limits, synthesis, undefined];
  const weights = Object.entries(model.weights).map(([name, { shape, data }], i) => [
    name,
    { shape, data: values[i] ?? data.map(() => 0) },
  ]);
  model.setWeights(Object.fromEntries(weights));
  return model;
}
