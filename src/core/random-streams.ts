// Streams of the random generator. A random number depends on the seed, the step, the stream and its index in the stream, so
// two uses are independent if their streams differ. Bits of the 32-bit number of a stream:
//
//   00000000 … 3fffffff   initial weights: 1 + index of the weight tensor
//   40000000 … 4fffffff   shuffling: + number of the chunk of samples
//   50000000 … 53ffffff   drawing codes after training: a range of 2^24 for each use
//   60000000 … 61ffffff   corruptions: + index; inside a mixture also + MIXTURE_STRIDE · (1 + index in the mixture)
//   62000000 … 63ffffff   augmentations: + index
//   64000000 … 67ffffff   directions of the contractive penalty: + index
//   68000000 … 6bffffff   the first three uses of 6…, + PER_SAMPLE_STREAM: numbers that a sample draws once
//   70000000 … 77ffffff   layers: + index of the node
//   78000000 … 7fffffff   the same + PER_SAMPLE_STREAM

// First stream of each use:
export const weights = 1;
export const shuffle = 0x40000000;
export const sample = 0x50000000;
export const mixture = 0x51000000;
export const bound = 0x52000000;
export const pick = 0x53000000;
export const corruption = 0x60000000;
export const augment = 0x62000000;
export const contraction = 0x64000000;
export const layers = 0x70000000;

/** Added to the stream of a corruption, an augmentation or a layer for the numbers that a sample draws once, such as its noise level. */
export const PER_SAMPLE_STREAM = 0x08000000;

/** Distance between the streams of the corruptions in a mixture: more than there may be corruptions. */
export const MIXTURE_STRIDE = 0x10000;
