import type { Target } from '../targets.ts';

/** Targets of a quantized model, compared with strict float32 on one thread. */
export const eightBits: readonly Target[] = [
  { figure: 'eight-dense-32', label: '8 bits, dense, batch 32', work: 'dense forward, batch 32: time of float32 over that of 8 bits', unit: '×', atLeast: 2 },
  { figure: 'eight-dense-1', label: '8 bits, dense, batch 1', work: 'dense forward, batch 1', unit: '×', atLeast: 2 },
  { figure: 'eight-conv-32', label: '8 bits, conv, batch 32', work: 'conv forward, batch 32', unit: '×', atLeast: 2 },
  { figure: 'eight-conv-1', label: '8 bits, conv, batch 1', work: 'conv forward, batch 1', unit: '×', atLeast: 2 },
  { figure: 'eight-file', label: '8 bits, file', work: 'file of 784-64-784, of the file in float32', unit: '%', atMost: 25 },
  { figure: 'eight-weights-memory', label: '8 bits, memory of weights', work: 'memory of the weights, of that in float32', unit: '%', atMost: 25 },
  { figure: 'eight-error-dense', label: '8 bits, error of 784-64-784', work: 'reconstruction error of 784-64-784 on the digits, more than in float32', unit: '%', atMost: 2 },
  { figure: 'eight-error-conv', label: '8 bits, error of conv', work: 'reconstruction error of the conv autoencoder on the digits, more than in float32', unit: '%', atMost: 2 },
  { figure: 'eight-set12', label: '8 bits, Set12', work: 'denoiser of Set12 at σ 25, PSNR lost', unit: 'dB', atMost: 0.1 },
]; // biome-ignore format: a table
