import { cell, type Part } from '../part.ts';

export const tfjsPart: Part = {
  name: 'tfjs',
  async run({ print, quick, rounds }) {
    const { dense, conv } = await (await import('../tfjs.ts')).tfjsFigures(quick ? 5 : 15);
    print('\nstep on tfjs WASM, ms       without   installKernels   and fusedAdam');
    const line = (name: string, without: string, installed: number, fused: number): void =>
      print(`${name.padEnd(22)}${without.padStart(13)}${cell(installed, 17, 2)}${cell(fused, 16, 2)}`);
    line('dense', dense.plain.toFixed(2), dense.installed, dense.fused);
    line('conv', `${conv.cpu.toFixed(0)} (CPU)`, conv.installed, conv.fused);
    const kernels = await (await import('../tfjs-kernels.ts')).kernelRows(rounds);
    print('\nkernels on tfjs WASM, µs                             theirs     ours');
    for (const { name, of, theirs, ours } of kernels) {
      const times = `${cell(theirs, 9, 1)}${cell(ours, 9, 1)}${cell(theirs / ours, 8, 2)}`;
      print(`${name.padEnd(20)} ${of.padEnd(27)}${times} ×`);
    }
    const figures = {
      'tfjs-installed': dense.plain / dense.installed,
      'tfjs-fused-adam': dense.plain / dense.fused,
      'tfjs-conv-over-cpu': conv.cpu / conv.installed,
    };
    return { figures, report: { dense, conv, kernels } };
  },
};
