import type { Target } from '../targets.ts';

/** Targets that earlier versions met and later versions must meet. They have no row in docs/speed.md. */
export const earlier: readonly Target[] = [
  { figure: 'dense-step-tfjs', work: 'dense step, TensorFlow.js WASM over ours', unit: '×', atLeast: 14 },
  { figure: 'dense-step-jax', work: 'dense step, jax-js WASM (SGD) over ours', unit: '×', atLeast: 2.5 },
  { figure: 'dense-step-pytorch', work: 'dense step, PyTorch native over ours', unit: '×', atLeast: 1 },
  { figure: 'conv-step-pytorch', work: 'conv step, PyTorch native over ours', unit: '×', atLeast: 3 },
  { figure: 'conv-step-tfjs-cpu', work: 'conv step, TensorFlow.js CPU over ours', unit: '×', atLeast: 500 },
  { figure: 'conv-forward-tfjs', work: 'conv forward, TensorFlow.js WASM over ours', unit: '×', atLeast: 10 },
  { figure: 'conv-forward-onnxruntime', work: 'conv forward, onnxruntime-web over ours', unit: '×', atLeast: 1.5 },
  { figure: 'memory-over-activations', work: 'memory while training, over weights, slots, batch, outputs', unit: '×', atMost: 1 },
  { figure: 'memory-over-parts', work: 'memory while training, over these and gradients of activations', unit: '×', atMost: 1 },
  { figure: 'heap-growth', work: 'heap growth in 10,000 steps', unit: 'MB', atMost: 1 },
  { figure: 'tfjs-installed', work: 'step of 784-64-784 on TensorFlow.js, without our kernels over with', unit: '×', atLeast: 1.7 },
  { figure: 'tfjs-conv-over-cpu', work: 'conv step on TensorFlow.js, its CPU backend over our kernels', unit: '×', atLeast: 60 },
  { figure: 'rans-coding', work: 'entropy coder, coding', unit: 'MB/s', atLeast: 100 },
  { figure: 'rans-decoding', work: 'entropy coder, decoding', unit: 'MB/s', atLeast: 150 },
  { figure: 'digits-compressed', work: 'digits compressed a second', unit: '', atLeast: 100_000 },
  { figure: 'codec-file', work: 'codec file of 784-64-784', unit: 'KB', atMost: 110 },
]; // biome-ignore format: a table
