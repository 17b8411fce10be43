// Divides a training step among threads without shared memory. Each worker has a copy of the model. A batch consists of parts with a
// fixed number of samples. Any thread can compute the gradients of a part. The calling thread adds the gradients in the order of the
// parts, so the weights do not depend on the number or the speed of the workers, or on a worker that ends.

import { now } from '../core/event-loop.ts';
import type { Engine } from '../engine/engine.ts';
import { multiplicationsPerSample, type Network } from '../engine/graph.ts';
import { GROUP_VALUES } from '../engine/layer-call.ts';
import { CALL_NUMBERS, kernelNames } from '../threads/calls.ts';
import { settles } from '../threads/plain/blocks.ts';
import { CallRecorder, DataDependentCalls } from '../threads/plain/call-recorder.ts';
import { modelWorkers } from '../threads/plain/model-workers.ts';
import type { PlainWorker, TaskResult } from '../threads/plain/worker.ts';
import { returnWorkers } from '../threads/plain/worker-pool.ts';
import type { Address } from '../wasm/kernels.ts';
import { align } from '../wasm/memory-size.ts';
import { Balance } from './parallel-balance.ts';
import type { BatchPart, RowBlock, Trainer } from './trainer.ts';

/** The largest number of parts of a batch. */
const MAX_PARTS = 16;
/**
 * The smallest number of multiplications of a part for each weight. With fewer multiplications, copying, sending and adding the
 * gradients, 1.5 ns for each weight, takes more than a tenth of the time of the part.
 */
const MIN_MULTIPLICATIONS = 75;
/** With fewer floating-point operations in a step, messages to the workers, 0.2 ms in a step, cost more than they save. */
const MIN_OPERATIONS = 4e7;
/** Time of a turn of the event loop, in ms: WebKit takes 0.3. */
const TURN_MILLISECONDS = 0.3;
/** A worker counts as ended after this many ms without an answer, plus this multiple of the caller's work in a step. */
const STALL_MILLISECONDS = 2000;
const STALL_RATIO = 20;

/** Samples of each part of a batch; undefined where a batch is not worth dividing. */
export function rowsOfParts(network: Network, batchSize: number): number | undefined {
  const multiplications = multiplicationsPerSample(network);
  if (6 * batchSize * multiplications < MIN_OPERATIONS) return undefined;
  // Random words come in groups: the first value of a part must be the first of a group.
  const isEven = network.nodes.every(({ inputSize, outputSize }) => inputSize % 2 === 0 && outputSize % 2 === 0);
  const unit = isEven ? GROUP_VALUES / 2 : GROUP_VALUES;
  const minRows = Math.max(unit, (MIN_MULTIPLICATIONS * network.trainedBytes) / 4 / multiplications);
  const parts = Math.min(MAX_PARTS, Math.floor(batchSize / minRows));
  return parts < 2 ? undefined : Math.ceil(batchSize / parts / unit) * unit;
}

/** The reason why workers without shared memory do not compute parts of a batch; undefined if they can. */
export function reasonAgainstParts(network: Network, trainer: Trainer, batchSize: number): string | undefined {
  if (trainer.isStrict) return 'deterministic training uses one thread, because sums over parts have other bits';
  if (!trainer.isDivisible) return 'a batch with statistics or penalties over all samples is not divided';
  if (!rowsOfParts(network, batchSize)) return 'this step has too little arithmetic for its weights';
  return undefined;
}

/** Parts that a worker computes. */
interface Share {
  readonly worker: PlainWorker;
  readonly parts: readonly BatchPart[];
  /** A copy of the rows of all parts, for each block of rows: a part whose worker ends is computed again. */
  readonly rows: readonly Uint8Array<ArrayBuffer>[];
  /** The calls of each part. */
  readonly calls: readonly Float64Array<ArrayBuffer>[];
  /** Undefined if the worker has ended. */
  readonly answer: Promise<{ readonly result: TaskResult; readonly time: number } | undefined>;
}

/** Loss and gradients of a part; bits where the rate is trained. */
interface PartResult {
  readonly loss: number;
  readonly gradients: Float32Array;
  readonly bits: number | undefined;
}

export class PartsTraining {
  readonly #engine: Engine;
  readonly #trainer: Trainer;
  readonly #workers: readonly PlainWorker[];
  readonly #partRows: number;
  readonly #blocks: readonly RowBlock[];
  readonly #recorder: CallRecorder;
  readonly #balance: Balance;
  /** Addresses in a worker: of the rows of its parts, for each block of rows, and of the gradients of its parts. */
  readonly #stagedRows: readonly Address[];
  readonly #stagedGradients: Address;
  readonly #sums: Float32Array<ArrayBuffer>;
  /** Calls by index of a part in its share and number of rows; undefined where they differ from step to step. */
  readonly #constantCalls: Map<string, Float64Array<ArrayBuffer>> | undefined;

  private constructor(engine: Engine, trainer: Trainer, workers: readonly PlainWorker[], batchSize: number) {
    const { memory, network } = engine;
    const partRows = rowsOfParts(network, batchSize)!;
    this.#engine = engine;
    this.#trainer = trainer;
    this.#workers = workers;
    this.#partRows = partRows;
    this.#blocks = trainer.rowBlocks;
    this.#recorder = new CallRecorder(kernelNames(trainer.kernels));
    this.#balance = new Balance(workers.length);
    let end = memory.wasm.buffer.byteLength;
    this.#stagedRows = this.#blocks.map(({ rowBytes }) => {
      const start = end;
      end += align(batchSize * rowBytes);
      return start;
    });
    this.#stagedGradients = end;
    this.#sums = new Float32Array(network.trainedBytes / 4);
    const first = { rows: partRows, firstRow: 0, step: 0, batchFraction: 1 };
    const later = { ...first, firstRow: partRows, step: 1 };
    const isConstant = !trainer.isWeighted && this.#record(first, 0).join() === this.#record(later, 0).join();
    this.#constantCalls = isConstant ? new Map() : undefined;
  }

  /** For a trainer for which `reasonAgainstParts` returns undefined. Undefined where the runtime has no workers. */
  static async start(
    engine: Engine,
    trainer: Trainer,
    threads: number,
    batchSize: number,
  ): Promise<PartsTraining | undefined> {
    const { memory, network } = engine;
    const partRows = rowsOfParts(network, batchSize)!;
    const { kernels, sources, rowBlocks } = trainer;
    const parts = Math.ceil(batchSize / partRows);
    const rowBytes = rowBlocks.reduce((sum, block) => sum + align(batchSize * block.rowBytes), 0);
    const bytes = memory.wasm.buffer.byteLength + rowBytes + parts * network.trainedBytes;
    const workers = await modelWorkers({ engine, kernels, sources, bytes }, Math.min(threads, parts) - 1);
    return workers.length > 0 ? new PartsTraining(engine, trainer, workers, batchSize) : undefined;
  }

  end(): void {
    returnWorkers(this.#workers);
  }

  /** Computes the loss of the batch and its gradients. */
  async computeGradients(rows: number, step: number, batchFraction: number): Promise<number> {
    const trainer = this.#trainer;
    const begin = now();
    trainer.transform(rows, step, batchFraction);
    const parts: BatchPart[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += this.#partRows)
      parts.push({ firstRow, rows: Math.min(this.#partRows, rows - firstRow), step, batchFraction });
    const { callerParts, shares } = this.#send(parts);
    const total = { loss: 0, bits: 0 };
    const add = (part: BatchPart, { loss, gradients, bits = 0 }: PartResult): void => {
      const weight = part.rows / rows;
      total.loss += weight * loss;
      total.bits += weight * bits;
      const sums = this.#sums;
      for (let i = 0; i < sums.length; i++) sums[i]! += weight * gradients[i]!;
    };
    this.#sums.fill(0);
    for (const part of callerParts) {
      // The caller's parts are the first ones: these rows replace those of the part before, which are no longer needed.
      for (const { address, rowBytes } of this.#blocks)
        this.#engine.memory.bytes.copyWithin(
          address,
          address + part.firstRow * rowBytes,
          address + (part.firstRow + part.rows) * rowBytes,
        );
      add(part, this.#compute(part));
    }
    const milliseconds = now() - begin;
    this.#balance.recordCaller(callerParts.length, milliseconds);
    for (const share of shares) {
      const answer = await this.#answerOf(share, milliseconds);
      if (answer) {
        // An answer that waited for this thread arrives within a turn of the event loop. Its time is then the one that the worker measured.
        const elapsed = answer.time - begin;
        const taken = elapsed - milliseconds > TURN_MILLISECONDS ? elapsed : answer.result.milliseconds;
        this.#balance.recordWorker(this.#workers.indexOf(share.worker), share.parts.length, taken);
      }
      for (const [i, part] of share.parts.entries())
        add(part, (answer && this.#receive(share, i, answer.result)) ?? this.#computeCopy(share, i));
    }
    this.#engine.memory.write(trainer.gradients, this.#sums);
    if (trainer.bits !== undefined) trainer.bits = total.bits;
    return trainer.addWeightPenalties(total.loss);
  }

  /** Sends shares to workers. `callerParts`: the parts that the calling thread computes. */
  #send(parts: readonly BatchPart[]): {
    readonly callerParts: readonly BatchPart[];
    readonly shares: readonly Share[];
  } {
    const { memory, network } = this.#engine;
    const ready = this.#workers.map((worker) => worker.isReady && !worker.ended);
    const counts = this.#balance.divide(parts.length, ready);
    const weights = memory.read(memory.parameters, network.weightBytes / 4);
    let next = counts.reduce((left, count) => left - count, parts.length);
    const callerParts = parts.slice(0, next);
    const shares = counts.flatMap((count, i): Share[] => {
      if (count === 0) return [];
      const worker = this.#workers[i]!;
      const list = parts.slice(next, next + count);
      next += count;
      const from = list[0]!.firstRow;
      const to = list.at(-1)!.firstRow + list.at(-1)!.rows;
      const rows = this.#blocks.map(({ address, rowBytes }) =>
        memory.bytes.slice(address + from * rowBytes, address + to * rowBytes),
      );
      const calls = list.map((part, j) => this.#callsOf(part, j));
      const message = {
        write: [
          { address: memory.parameters, values: weights },
          ...rows.map((values, b) => ({ address: this.#stagedRows[b]!, values })),
        ],
        calls: concatenated(calls),
        read: [{ address: this.#stagedGradients, bytes: count * network.trainedBytes }],
      };
      const answer = worker.run({ message, transfer: [] }).then(
        (result) => ({ result, time: now() }),
        () => undefined,
      );
      return [{ worker, parts: list, rows, calls, answer }];
    });
    return { callerParts, shares };
  }

  #callsOf(part: BatchPart, index: number): Float64Array<ArrayBuffer> {
    const key = `${index} ${part.rows}`;
    const calls = this.#constantCalls?.get(key) ?? this.#record(part, index);
    this.#constantCalls?.set(key, calls);
    return calls;
  }

  /** The calls with which a worker computes part `index` of its share. */
  #record(part: BatchPart, index: number): Float64Array<ArrayBuffer> {
    return this.#recorder.record(() => this.#runStaged(part, index));
  }

  /** Moves the rows of a worker's part to where the step reads them, runs the step, and moves the gradients away. */
  #runStaged(part: BatchPart, index: number): number {
    const { kernels } = this.#recorder;
    const { trainedBytes } = this.#engine.network;
    for (const [b, { address, rowBytes }] of this.#blocks.entries()) {
      const staged = this.#stagedRows[b]! + index * this.#partRows * rowBytes;
      kernels.copy(address, staged, (part.rows * rowBytes) / 4);
    }
    const loss = this.#trainer.backpropagate(kernels, part);
    kernels.copy(this.#stagedGradients + index * trainedBytes, this.#trainer.gradients, trainedBytes / 4);
    return loss;
  }

  /** Computes a part whose rows lie at the beginning of the batch, in this thread. */
  #compute(part: BatchPart): PartResult {
    const trainer = this.#trainer;
    const loss = trainer.backpropagate(trainer.kernels, part);
    const gradients = this.#engine.memory.view(trainer.gradients, this.#sums.length);
    return { loss, gradients, bits: trainer.bits };
  }

  /** Computes a part of a worker in this thread. */
  #computeCopy(share: Share, index: number): PartResult {
    const part = share.parts[index]!;
    for (const [b, { address, rowBytes }] of this.#blocks.entries()) {
      const from = index * this.#partRows * rowBytes;
      this.#engine.memory.bytes.set(share.rows[b]!.subarray(from, from + part.rows * rowBytes), address);
    }
    return this.#compute(part);
  }

  /** The answer of a worker; undefined if it has ended, or does not answer. */
  async #answerOf({ worker, answer }: Share, milliseconds: number): ReturnType<() => Share['answer']> {
    if (!(await settles(answer, STALL_MILLISECONDS + STALL_RATIO * milliseconds))) worker.end('it does not answer');
    return answer;
  }

  /** The result of part `index` of a share; undefined where its calls depend on data: then one thread trains from here on. */
  #receive(share: Share, index: number, { results, blocks }: TaskResult): PartResult | undefined {
    const before = share.calls.slice(0, index).reduce((sum, { length }) => sum + length / CALL_NUMBERS, 0);
    const calls = share.calls[index]!;
    const part = share.parts[index]!;
    try {
      const partResults = results.subarray(before, before + calls.length / CALL_NUMBERS);
      const loss = this.#recorder.replay(calls, partResults, () => this.#runStaged(part, index));
      const gradients = new Float32Array(blocks[0]!, index * this.#sums.byteLength, this.#sums.length);
      return { loss, gradients, bits: this.#trainer.bits };
    } catch (error) {
      if (!(error instanceof DataDependentCalls)) throw error;
      this.#trainer.gradientsInParts = undefined;
      return undefined;
    }
  }
}

function concatenated(lists: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const list of lists) {
    all.set(list, end);
    end += list.length;
  }
  return all;
}
