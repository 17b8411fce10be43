import type { Target } from '../targets.ts';

/** Targets on two cores: the time of one thread over the time of two threads. */
export const threads: readonly Target[] = [
  { figure: 'threads-conv', label: 'two threads, conv step', work: 'conv Adam step, batch 64, shared memory', unit: '×', atLeast: 1.75 },
  { figure: 'threads-dense', label: 'two threads, dense step', work: 'Adam step of 784-512-64 and its mirror, batch 128, shared memory', unit: '×', atLeast: 1.6 },
  { figure: 'workers-conv-chromium', label: 'two workers, conv step', work: 'conv Adam step, batch 64, workers without shared memory, in Chromium', unit: '×', atLeast: 1.5 },
  { figure: 'threads-denoise', label: 'two threads, denoiseImage', work: '`denoiseImage` of a megapixel', unit: '×', atLeast: 1.8 },
  { figure: 'threads-different-weights', label: 'two threads, bits', work: 'weights whose bits differ from those of one thread, strict training', unit: '', atMost: 0 },
]; // biome-ignore format: a table
