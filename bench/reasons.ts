// Why a figure of docs/speed.md misses its target, or was not measured: by the name of the figure.

export const reasons: Readonly<Record<string, string>> = {
  'contractive-price':
    'The gradient of the norm has 299 million multiply-adds for 32 samples, 15 times those of the step without the penalty; half of each symmetric product is already left out. At the register peak they take 10.3 ms, elementwise work takes 0.9 ms, and the step without the penalty takes 1.5 ms: 8.3 ×.',
};
