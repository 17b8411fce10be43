// Why a figure of docs/speed.md misses its target, or was not measured: by the name of the figure.

export const reasons: Readonly<Record<string, string>> = {
  'contractive-price':
    'The gradient of the norm has 299 million multiply-adds for 32 samples, 15 times those of the step without the penalty; half of each symmetric product is already left out. At the register peak they take 10.3 ms, elementwise work takes 0.9 ms, and the step without the penalty takes 1.5 ms: 8.3 ×.',
  'relaxed-products':
    'NT at 32×784×64 is the only product below 92 %: packing the transposed matrix takes 4.0 of 60 µs. It is bounded by its shuffles, 8 for 16 values, of which the processor does two in a cycle. All other products reach 94 to 97 %.',
  'dense-forward-tfjs':
    'The two products take 136 µs at 47 GFLOP/s, the sigmoid 24, copies of samples and results 15, the check that samples are finite 12, memory for results and the rest of the call 13. The products alone would be 2.6 times as fast as the call of TensorFlow.js.',
};
