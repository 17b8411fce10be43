// Why a figure of docs/speed.md misses its target, or was not measured: by the name of the figure.

export const reasons: Readonly<Record<string, string>> = {
  'contractive-price':
    'The gradient of the norm has 299 million multiply-adds for 32 samples, 15 times those of the step without the penalty; half of each symmetric product is already left out. At the register peak they take 10.3 ms, elementwise work takes 0.9 ms, and the step without the penalty takes 1.5 ms: 8.3 ×.',
  'relaxed-products':
    'NT at 32×784×64 is the only product below 92 %: packing the transposed matrix takes 4.0 of 60 µs. It is bounded by its shuffles, 8 for 16 values, of which the processor does two in a cycle. All other products reach 94 to 97 %.',
  'dense-forward-tfjs':
    'The two products take 136 µs at 47 GFLOP/s, the sigmoid 24, copies of samples and results 15, the check that samples are finite 12, memory for results and the rest of the call 13. The products alone would be 2.6 times as fast as the call of TensorFlow.js.',
  'start-package':
    'V8 parses 320 KB of JavaScript, which is two thirds of the time of the import; without spaces and with short names it would be 10 % less. Four empty files cost Node 3.8 ms. The text of the kernels is decoded by a small module, and nine files became four: 28.0 to 21.8 ms in runs with real-time priority. Parts that the first `encode` does not need would have to be files that are loaded later, which bundlers would turn into more files of an app.',
  'start-bundle':
    'No single part is large: of the profile, V8 parses the bundle in 1.9 ms, draws 100,000 weights in 0.7 ms in code that it has not optimized yet, decodes, compiles and instantiates the kernels in 1.5 ms; the first calls of all other functions take the rest.',
  'bounded-compress-gain':
    'Errors are measured on the values that the encoder computes, without decoding: 2 ×. At 1e-3 a value takes about 290 ns. Half of this is entropy coding: 4 to 5 binary decisions of 31 ns, each mixed from seven contexts. The other half is prediction by least squares, where each value depends on the one before it through two divisions. The bytes are unchanged.',
  'bounded-decompress-gain':
    'The decoder repeats the prediction and the binary decisions of the encoder, one after the other; only the prediction became faster. Three times the speed leaves 100 ns for a value, less than its prediction takes, so a lighter predictor and fewer decisions, a new version of the format, are needed.',
  'lossless-compress':
    'Bytes are no longer decoded for verification: 2 ×. A byte that is not 0 takes nine binary decisions of seven contexts, and the counters of the contexts take 7 MB, more than the L2 cache. 10 MB/s leave 100 ns for a byte, so a coder of several bits at once, a new version of the format, is needed.',
};
