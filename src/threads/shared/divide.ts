// Divides the work of a layer into the shares of a job, as recorded calls.

import { maxOf } from '../../core/portable-math.ts';
import type { LayerCall } from '../../engine/layer-call.ts';
import type { Layer, NodeDefinition } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { CALL_NUMBERS, newRecorder, type Recorder } from '../calls.ts';
import type { Job, Team } from './team.ts';

/** Blocks of memory for one share: scratch and workspace of its kernels, and copies for `inPlace` jobs. */
export interface ShareBuffers {
  readonly scratch: number;
  readonly workspace: number;
  readonly undo: number;
}

/** A layer with the addresses that it works on. */
export interface DividedLayer {
  readonly definition: NodeDefinition;
  readonly layer: Layer;
  readonly call: LayerCall & { readonly skipInput?: number; readonly skipInputGradient?: number };
  /** Values of one sample of the second input of a join. */
  readonly skipInputSize?: number;
}

/** A pass, or a part of it, on a call. */
type Run = (kernels: Kernels, call: LayerCall) => void;

/** Kernels of weight gradients that each share runs on its workspace. */
const WORKSPACE_KERNELS = ['addressTable', 'pad', 'clear'];
/** Kernels that change a block that they read. */
const IN_PLACE_KERNELS = ['activateBackward', 'adam', 'momentum', 'rmsprop', 'sgd'];
/** Values of a block that is copied before it is changed in place. */
export const UNDO_VALUES = 4096;

/** The blocks of an update: weights, gradients and slots have one layout. */
export interface UpdateBlocks {
  readonly weights: number;
  readonly gradients: number;
  readonly slots: readonly number[];
}

/** Runs the optimizer on `count` weights. */
type RunUpdate = (kernels: Kernels, blocks: UpdateBlocks & { readonly count: number }) => void;

/** Values from `first` to before `end`. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/** The rows of a weight gradient in a share are a multiple of this number if there are enough rows: tiles have 4 or 6 rows. */
const ROW_MULTIPLE = 12;

/** Range `index` of the `count` ranges that divide 0..size. Bounds are multiples of `multiple` if `size` is large enough. */
export function range(size: number, index: number, count: number, multiple = 1): Range {
  const unit = size >= 2 * count * multiple ? multiple : 1;
  const bound = (i: number): number => (i === count ? size : Math.round((size * i) / count / unit) * unit);
  return { first: bound(index), end: bound(index + 1) };
}

/** Estimated time of a pass over one sample on one thread, in ns. */
export function nanoseconds({ definition, layer, call }: DividedLayer): number {
  const { inputSize, outputSize, inputShape } = call;
  const weights = definition.weights?.(layer, inputShape) ?? [];
  const units = definition.outputShape(layer, inputShape, '', inputShape).at(-1)!;
  const products = maxOf(weights, ({ shape }) => shape.reduce((size, n) => size * n, 1), 0) * (outputSize / units);
  return 0.04 * products + 0.3 * (inputSize + outputSize);
}

export class Divider {
  readonly #team: Team;
  readonly #names: readonly string[];
  readonly #buffers: readonly ShareBuffers[];
  readonly #recorder: Recorder;
  readonly #inPlace: ReadonlySet<number>;

  constructor(team: Team, names: readonly string[], buffers: readonly ShareBuffers[]) {
    this.#team = team;
    this.#names = names;
    this.#buffers = buffers;
    this.#recorder = newRecorder(names);
    this.#inPlace = new Set(IN_PLACE_KERNELS.map((name) => names.indexOf(name)));
  }

  /** A job of the calls that `record` returns for each share; undefined where the memory of jobs is full. */
  #job(
    shares: number,
    record: (share: number) => number[] | undefined,
    inPlace?: ReadonlySet<number>,
  ): Job | undefined {
    const stored = [];
    for (let i = 0; i < shares; i++) {
      const numbers = record(i);
      const share = numbers && this.#team.store(numbers);
      if (!share) return undefined;
      stored.push(share);
    }
    return inPlace ? { shares: stored, inPlace } : { shares: stored };
  }

  #record(run: (kernels: Kernels) => void): number[] {
    run(this.#recorder.kernels);
    return this.#recorder.take();
  }

  /** The call on some rows, with the buffers of a share. */
  #rowsCall(
    { definition, layer, call, skipInputSize = 0 }: DividedLayer,
    first: number,
    rows: number,
    share: number,
  ): LayerCall {
    const { inputSize, outputSize, inputShape, saved, dx, dy, x, y, skipInput, skipInputGradient } = call;
    const { scratch, workspace } = this.#buffers[share]!;
    const moved = (address: number, size: number): number => address && address + first * size * 4;
    return {
      ...call,
      rows,
      firstRow: call.firstRow + first,
      x: moved(x, inputSize),
      y: moved(y, outputSize),
      dx: moved(dx, inputSize),
      dy: moved(dy, outputSize),
      saved: moved(saved, saved && definition.saved!(layer, inputShape, 1)),
      ...(skipInput !== undefined && {
        skipInput: moved(skipInput, skipInputSize),
        skipInputGradient: moved(skipInputGradient!, skipInputSize),
      }),
      scratch,
      workspace,
    } as LayerCall;
  }

  #shares(rows: number): number {
    return Math.min(this.#buffers.length, rows);
  }

  /** A pass that computes each sample independently. */
  rows(layer: DividedLayer, run: Run): Job | undefined {
    const { rows } = layer.call;
    const shares = this.#shares(rows);
    return this.#job(shares, (i) => {
      const { first, end } = range(rows, i, shares, 4);
      return this.#record((kernels) => run(kernels, this.#rowsCall(layer, first, end - first, i)));
    });
  }

  /** A pass that changes dy in place, sample by sample. */
  inPlace(layer: DividedLayer, run: Run): Job | undefined {
    const { rows, outputSize } = layer.call;
    const shares = this.#shares(rows);
    const step = Math.max(1, Math.floor(UNDO_VALUES / outputSize));
    const record = (i: number): number[] => {
      const { first, end } = range(rows, i, shares);
      return this.#record((kernels) => {
        for (let row = first; row < end; row += step) {
          const count = Math.min(step, end - row);
          const call = this.#rowsCall(layer, row, count, i);
          kernels.copy(this.#buffers[i]!.undo, call.dy, count * outputSize);
          run(kernels, call);
        }
      });
    };
    return this.#job(shares, record, this.#inPlace);
  }

  /** The gradients of weights and input, from the gradient in front of the activation. */
  gradients(layer: DividedLayer): Job | undefined {
    const { definition, layer: options, call } = layer;
    const parts = definition.gradientParts!;
    const shares = this.#shares(call.rows);
    return this.#job(shares, (i) => {
      const { scratch, workspace } = this.#buffers[i]!;
      const recorded = this.#record((kernels) =>
        parts.weightGradients(kernels, { ...call, scratch, workspace }, options),
      );
      const numbers = this.#divideWeights(recorded, i, shares);
      if (!numbers || !call.dx) return numbers;
      const { first, end } = range(call.rows, i, shares, 4);
      const rowsCall = this.#rowsCall(layer, first, end - first, i);
      return [...numbers, ...this.#record((kernels) => parts.inputGradient(kernels, rowsCall, options))];
    });
  }

  /** The part of a share in the calls of weight gradients; undefined for a kernel that this function does not know. */
  #divideWeights(numbers: readonly number[], share: number, shares: number): number[] | undefined {
    const result: number[] = [];
    for (let at = 0; at < numbers.length; at += CALL_NUMBERS) {
      const call = numbers.slice(at, at + CALL_NUMBERS);
      const name = this.#names[call[0]!]!;
      if (name === 'gemmTN') {
        const [, c, a, , m, n] = call as [number, number, number, number, number, number];
        const { first, end } = range(m, share, shares, ROW_MULTIPLE);
        if (first === end) continue;
        call[1] = c + first * n * 4;
        call[2] = a + first * 4;
        call[4] = end - first;
      } else if (name === 'convolveWeights') {
        const { first, end } = range(call[12]!, share, shares, ROW_MULTIPLE);
        call[11] = first;
        call[12] = end;
      } else if (name === 'columnSums') {
        // A bias takes little time. The last share computes it: the calling thread, which posts the job, takes the first share.
        if (share < shares - 1) continue;
      } else if (!WORKSPACE_KERNELS.includes(name)) return undefined;
      for (const number of call) result.push(number);
    }
    return result;
  }

  /**
   * The update of weights, `ranges` for each share. The optimizer changes a copy of the weights, which is then copied back: other
   * threads have read the weights. A store to a cache line that another core holds takes 140 ns on a server, or 20 ns in `memory.copy`.
   */
  update(call: UpdateBlocks, ranges: readonly (readonly Range[])[], run: RunUpdate): Job | undefined {
    const { weights, gradients, slots } = call;
    const record = (share: number): number[] => {
      const { undo } = this.#buffers[share]!;
      return this.#record((kernels) => {
        for (const { first, end } of ranges[share]!) {
          for (let from = first; from < end; from += UNDO_VALUES) {
            const count = Math.min(UNDO_VALUES, end - from);
            const moved = (address: number): number => address + from * 4;
            kernels.copy(undo, moved(weights), count);
            for (const [i, slot] of slots.entries()) kernels.copy(undo + (i + 1) * UNDO_VALUES * 4, moved(slot), count);
            run(kernels, { weights: undo, gradients: moved(gradients), slots: slots.map(moved), count });
            kernels.copy(moved(weights), undo, count);
          }
        }
      });
    };
    return this.#job(ranges.length, record, this.#inPlace);
  }

  /** Writes the numbers of the current step, such as the learning rate, to the stored calls of an update. */
  refresh({ shares }: Job, { slots }: UpdateBlocks, run: RunUpdate): void {
    const current = this.#record((kernels) =>
      run(kernels, { weights: 0, gradients: 0, slots: slots.map(() => 0), count: 0 }),
    );
    // Addresses and the count come first: weights, gradients, slots, count.
    const firstNumber = slots.length + 4;
    for (const share of shares) {
      const numbers = this.#team.numbersOf(share);
      for (let at = 0; at < numbers.length; at += CALL_NUMBERS) {
        if (numbers[at] !== current[0]) continue;
        for (let i = firstNumber; i < CALL_NUMBERS; i++) numbers[at + i] = current[i]!;
      }
    }
  }
}

/**
 * The weights that each share updates: those whose gradients it computes, so that gradients and moments stay in the caches of
 * its core.
 */
export function updateRanges(
  weights: readonly { offset: number; shape: readonly number[]; size: number }[],
  shares: number,
): Range[][] {
  return Array.from({ length: shares }, (_, share) =>
    weights.flatMap(({ offset, shape, size }) => {
      const start = offset / 4;
      const rowSize = shape.at(-1) ?? 1;
      // A vector is a bias.
      if (shape.length < 2) return share === shares - 1 ? [{ first: start, end: start + size }] : [];
      const { first, end } = range(size / rowSize, share, shares, ROW_MULTIPLE);
      return first < end ? [{ first: start + first * rowSize, end: start + end * rowSize }] : [];
    }),
  );
}
