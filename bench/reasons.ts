// Why a figure of docs/speed.md misses its target, or was not measured: by the name of the figure.

export const reasons: Readonly<Record<string, string>> = {
  'contractive-price':
    'The gradient of the norm has 299 million multiply-adds for 32 samples, 15 times as many as the step without the penalty. Symmetric products compute one half only. At the register peak the multiply-adds take 10.3 ms. Elementwise work takes 0.9 ms, the step without the penalty 1.5 ms. The sum is 8.3 times the step without the penalty.',
  'relaxed-products':
    'NT at 32×784×64 is the only product below 92 %: packing the transposed matrix takes 4.0 of 60 µs. Shuffles bound the packing: 8 for 16 values, two in a cycle of the processor. All other products reach 94 to 97 %.',
  'dense-forward-tfjs':
    'The two products take 136 µs at 47 GFLOP/s, the sigmoid 24, copies of samples and results 15, the check that samples are finite 12, memory for results and the rest of the call 13. The two products take 1 / 2.6 of the time of the call of TensorFlow.js.',
  'start-package':
    'V8 parses 320 KB of JavaScript, which takes two thirds of the time of the import. Minified code would take 10 % less. Four empty files cost Node 3.8 ms. A small module decodes the kernels, and the package has four files instead of nine: these changes reduced 28.0 to 21.8 ms, in runs with real-time priority. A further gain needs files that are loaded after the first `encode`. Bundlers would add these files to each app.',
  'start-bundle':
    'No single part is large. V8 parses the bundle in 1.9 ms. 100,000 random weights take 0.7 ms, in code that V8 has not optimized yet. Kernels are decoded, compiled and instantiated in 1.5 ms. The first calls of all other functions take the rest.',
  'bounded-compress-gain':
    'The encoder computes the values that a decoder gets, so errors are measured without decoding: 2 ×. At 1e-3 a value takes about 290 ns. Half of this is entropy coding: 4 to 5 binary decisions of 31 ns, each mixed from seven contexts. The other half is prediction by least squares, where each value depends on the one before it through two divisions. The bytes are unchanged.',
  'bounded-decompress-gain':
    'The decoder repeats the prediction and the binary decisions of the encoder, in sequence. Only the prediction became faster. At three times the speed a value may take 100 ns, which is less than its prediction takes. A simpler predictor and fewer decisions would need a new version of the format.',
  'lossless-compress':
    'The codec no longer decodes the bytes to verify them: 2 ×. A byte other than 0 takes nine binary decisions, each mixed from seven contexts. The counters of the contexts take 7 MB, more than the L2 cache. At 10 MB/s a byte may take 100 ns. A coder of several bits at a time would need a new version of the format.',
};
