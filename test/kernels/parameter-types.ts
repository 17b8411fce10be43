// tsc checks this file: with the generated interfaces, an argument of another kind than the parameter is an error. Where an
// expected error does not occur, tsc reports the mark.
import type { LayerCall } from '../../src/engine/layer-call.ts';
import type { Address, Count, Flag, Kernels, Real, Word } from '../../src/wasm/kernels.ts';

export function checkParameterTypes(k: Kernels, at: Address, count: Count, real: Real, word: Word, flag: Flag): void {
  k.add(at, at, at, count);
  // @ts-expect-error a count in the place of an address
  k.add(at, at, count, count);
  // @ts-expect-error an address in the place of a count
  k.add(at, at, at, at);
  // @ts-expect-error the last two swapped
  k.scale(at, real, count);
  k.convolveWeights(at, at, count, at, count, at, count, count, flag, at, count, count);
  // @ts-expect-error dy and m swapped
  k.convolveWeights(at, at, at, count, count, at, count, count, flag, at, count, count);
  // @ts-expect-error scratch and accumulate swapped
  k.convolveWeights(at, at, count, at, count, at, count, count, at, flag, count, count);
  k.randomWords(at, count, count, word, word, word, word);
  // @ts-expect-error step and n swapped
  k.randomWords(at, count, word, count, word, word, word);
  // @ts-expect-error one argument is missing
  k.randomWords(at, count, count, word, word, word);
  // Plain numbers fit all.
  k.add(1024, 2048, 4096, 16);
}

export function checkLayerCall(k: Kernels, c: LayerCall): void {
  k.add(c.y, c.x, c.saved, c.rows * c.outputSize);
  // @ts-expect-error the number of rows in the place of an address
  k.add(c.y, c.x, c.rows, c.outputSize);
  // @ts-expect-error an address in the place of a count
  k.columnSums(c.gradients[1]!, c.dy, c.outputSize, c.scratch);
}
