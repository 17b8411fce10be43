import type { Target } from '../targets.ts';

/** Targets on one thread. */
export const oneThread: readonly Target[] = [
  { figure: 'strict-products', label: 'strict matrix products', work: 'strict NN, NT, TN at 32×784×64, 256×784×64 and 480³, of the strict register peak', unit: '%', atLeast: 88, before: [57, 76], range: true, decimals: 0 },
  { figure: 'relaxed-products', label: 'relaxed matrix products', work: 'relaxed NN, NT, TN at the same sizes, of the relaxed register peak', unit: '%', atLeast: 92, before: [87, 94], range: true, decimals: 0 },
  { figure: 'spills-products', label: 'spills in products', work: 'moves between vector registers and the stack in the innermost loops of products', unit: '', atMost: 0 },
  { figure: 'spills-convolutions', label: 'spills in convolutions', work: 'moves between vector registers and the stack in the innermost loops of convolutions', unit: '', atMost: 0 },
  { figure: 'spills-optimizers', label: 'spills in optimizers', work: 'moves between vector registers and the stack in the innermost loops of optimizers', unit: '', atMost: 0 },
  { figure: 'dense-forward-onnxruntime', label: 'dense forward, onnxruntime-web', work: 'dense forward, batch 32: time of onnxruntime-web over ours', unit: '×', atLeast: 1.6, before: 1.1 },
  { figure: 'dense-forward-tfjs', label: 'dense forward, TensorFlow.js', work: 'dense forward, batch 32: time of TensorFlow.js WASM over ours', unit: '×', atLeast: 2, before: 1.33 },
  { figure: 'conv-forward-of-peak', label: 'conv forward, of the peak', work: 'conv forward, strict, of the strict register peak', unit: '%', atLeast: 65, before: 45, decimals: 0 },
  { figure: 'conv-step-over-arithmetic', label: 'conv step over its arithmetic', work: 'conv Adam step over its arithmetic', unit: '×', atMost: 1.5, before: 1.82 },
  { figure: 'dense-step-over-arithmetic', label: 'dense step over its arithmetic', work: 'dense Adam step over its arithmetic', unit: '×', atMost: 1.45, before: 1.62 },
  { figure: 'encode-one', label: 'encode of one vector', work: '`encode` of one vector of 784 values', unit: 'µs', atMost: 6, before: 10.6 },
  { figure: 'few-rows-tfjs', label: '1 to 8 rows on TensorFlow.js', work: '1, 2, 3, 5, 7, 8 rows × 1024 × 1024 on TensorFlow.js WASM: time of its kernel over ours', unit: '×', atLeast: 1, before: [0.31, 0.19, 0.12, 0.64, 0.7, 0.74] },
  { figure: 'conv-step-jax', label: 'conv step, jax-js in Node', work: 'conv step in Node: time of jax-js WASM (SGD) over ours (Adam)', unit: '×', before: 369 },
  { figure: 'conv-step-jax-chromium', label: 'conv step, jax-js in Chromium', work: 'conv step in an isolated page of Chromium: time of jax-js WASM (SGD, all cores) over ours (Adam, one thread)', unit: '×' },
  { figure: 'tfjs-fused-adam', label: 'TensorFlow.js with fusedAdam', work: 'step of 784-64-784 on TensorFlow.js WASM: without our kernels over with `fusedAdam`', unit: '×', atLeast: 7, before: 5.5 },
  { figure: 'start-package', label: 'start, package', work: 'import of the package to the first `encode`, beyond the start of Node', unit: 'ms', atMost: 10, before: 20.6 },
  { figure: 'start-bundle', label: 'start, one bundle', work: 'import of one bundle to the first `encode`, beyond the start of Node', unit: 'ms', atMost: 5, before: 11 },
  { figure: 'bounded-compress-gain', label: 'bounded compress', work: 'bounded `compress` of ECG5000 and AirQuality at 1e-3: speed over that before', unit: '×', atLeast: 3 },
  { figure: 'bounded-decompress-gain', label: 'bounded decompress', work: 'bounded `decompress` of ECG5000 and AirQuality at 1e-3: speed over that before', unit: '×', atLeast: 3 },
  { figure: 'lossless-compress', label: 'lossless compress', work: 'lossless `compress`', unit: 'MB/s', atLeast: 10, before: 1.1 },
  { figure: 'contractive-price', label: 'contractive penalty', work: 'step with the exact contractive penalty of 784-256-64, over a step without', unit: '×', atMost: 8, before: 44 },
]; // biome-ignore format: a table
