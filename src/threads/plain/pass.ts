// Forward passes whose chunks are divided among the calling thread and workers. Each sample is computed independently, in strict
// arithmetic, so the results have the same bits as with one thread.

import type { ProgressOptions } from '../../core/progress.ts';
import { sizeOf } from '../../core/shape.ts';
import { type ThreadOptions, threadChecks, threadsFor } from '../../core/thread-options.ts';
import { validate } from '../../core/validate.ts';
import { type SampleBatch, sampleValues } from '../../data/sample-batch.ts';
import type { Engine } from '../../engine/engine.ts';
import {
  type CheckedPass,
  type Chunk,
  type NodeRange,
  type Pass,
  type PassSamples,
  planPass,
} from '../../engine/executor.ts';
import type { ChunkLosses, LossSums, Measurement, MeasureOptions } from '../../engine/measure.ts';
import type { Address } from '../../wasm/kernels.ts';
import { kernelNames } from '../calls.ts';
import { type BlockWork, runBlocks } from './blocks.ts';
import { CallRecorder } from './call-recorder.ts';
import { modelWorkers } from './model-workers.ts';
import type { Block } from './runner.ts';
import type { PlainWorker, Task, TaskResult } from './worker.ts';
import { returnWorkers } from './worker-pool.ts';

/** How a pass is divided. */
export interface Division extends ProgressOptions {
  /** Number of threads, the calling one included. */
  readonly threads: number;
}

/** Samples that can be copied to an array for a worker. */
export interface SendableSamples extends PassSamples {
  /** A new array with the values of some samples. */
  copyOf(firstRow: number, rows: number): Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

/** Samples of the caller that can be copied to an array. */
const sendable = (samples: SampleBatch): SendableSamples => ({
  count: samples.count,
  size: samples.size,
  pixels: samples.pixels,
  copyRange: (memory, address, first, rows) => samples.copyRange(memory, address, first, rows),
  copyOf: (first, rows) => sampleValues(samples, first, rows).slice() as Float32Array<ArrayBuffer>,
});

type Uses<R> = Pick<BlockWork<R>, 'receive' | 'compute' | 'use'>;

/** A pass, and the function that computes a value from each chunk in the memory. */
interface RecordedPass<T> {
  readonly pass: Pass;
  readonly measure: (chunk: Chunk) => T;
}

/** The tasks of a pass for workers. */
class PassTasks<T> {
  readonly #engine: Engine;
  readonly #recorder: CallRecorder;
  readonly #samples: SendableSamples;
  readonly #targets: SendableSamples | undefined;
  readonly #recorded: RecordedPass<T>;
  /** The weights when the call began; a worker gets them with its first task. */
  readonly #weights: Float32Array<ArrayBuffer>;
  readonly #served = new Set<PlainWorker>();
  /** Calls for a chunk and the address of its output, by its number of rows. */
  readonly #calls = new Map<number, { readonly calls: Float64Array<ArrayBuffer>; readonly output: Address }>();

  /** `plan`: plans the pass on an engine whose kernels record. */
  constructor(
    engine: Engine,
    { x, targets = x }: { readonly x: SendableSamples; readonly targets?: SendableSamples },
    plan: (recording: Engine) => RecordedPass<T>,
  ) {
    const { kernels, memory, network } = engine;
    this.#engine = engine;
    this.#samples = x;
    this.#targets = targets === x ? undefined : targets;
    this.#recorder = new CallRecorder(kernelNames(kernels));
    this.#recorded = plan(Object.create(engine, { kernels: { value: this.#recorder.kernels } }));
    this.#weights = memory.read(memory.parameters, network.weightBytes / 4);
  }

  /** Number of chunks. */
  get count(): number {
    return Math.ceil(this.#samples.count / this.#recorded.pass.rows);
  }

  rowsOf(block: number): { readonly firstRow: number; readonly rows: number } {
    const { rows } = this.#recorded.pass;
    const firstRow = block * rows;
    return { firstRow, rows: Math.min(rows, this.#samples.count - firstRow) };
  }

  /** Runs `work` on workers and this thread. `values`: floats of each sample's output that are read. */
  async run<R>({ threads, ...progress }: Division, work: Uses<R>, values = 0): Promise<void> {
    const engine = this.#engine;
    const { kernels, memory, sources } = engine;
    const setup = { engine, kernels, sources, bytes: memory.wasm.buffer.byteLength };
    const workers = await modelWorkers(setup, Math.min(threads, this.count) - 1);
    const task = (block: number, worker: PlainWorker): Task => this.#task(block, worker, values);
    try {
      await runBlocks(workers, { ...work, count: this.count, task }, progress);
    } finally {
      returnWorkers(workers);
    }
  }

  /** Makes the calls of a block again with their results. Errors: DataDependentCalls. */
  replay(block: number, { results }: TaskResult): T {
    const { firstRow, rows } = this.rowsOf(block);
    const { calls } = this.#callsOf(rows);
    return this.#recorder.replay(calls, results, () => this.#compute(firstRow, rows).value);
  }

  /** The task of a block. `values`: floats of each sample's output that are read. */
  #task(block: number, worker: PlainWorker, values: number): Task {
    const { firstRow, rows } = this.rowsOf(block);
    const { samplesAddress, targetsAddress } = this.#recorded.pass;
    const samples = this.#samples.copyOf(firstRow, rows);
    const write: Block[] = [{ address: samplesAddress, values: samples }];
    const targets = this.#targets?.copyOf(firstRow, rows);
    if (targets) write.push({ address: targetsAddress, values: targets });
    const transfer = write.map(({ values: { buffer } }) => buffer);
    if (!this.#served.has(worker)) write.push({ address: this.#engine.memory.parameters, values: this.#weights });
    this.#served.add(worker);
    const { calls, output } = this.#callsOf(rows);
    return { message: { write, calls, read: [{ address: output, bytes: 4 * rows * values }] }, transfer };
  }

  #callsOf(rows: number) {
    const known = this.#calls.get(rows);
    if (known) return known;
    let output = 0;
    const calls = this.#recorder.record(() => {
      output = this.#compute(0, rows).output;
    });
    const recorded = { calls, output };
    this.#calls.set(rows, recorded);
    return recorded;
  }

  #compute(firstRow: number, rows: number): { readonly output: Address; readonly value: T } {
    const { pass, measure } = this.#recorded;
    const chunk = pass.compute(firstRow, rows);
    return { output: chunk.output, value: measure(chunk) };
  }
}

/** The samples of a pass, and the function that uses their outputs. */
export interface DividedPass {
  readonly range: NodeRange;
  readonly samples: SendableSamples;
  /** Values of the output of a sample. */
  readonly outputSize: number;
  /** Uses the outputs of a chunk of samples. Called in the order of the samples. */
  readonly use: (firstRow: number, rows: number, output: Float32Array) => void;
  /** Maximum rows of a chunk. */
  readonly maxRows?: number | undefined;
}

/** Runs nodes on all samples. Samples and weights must not change meanwhile. Errors: those of `use`; the signal's reason. */
export async function forEachChunkOnThreads(engine: Engine, pass: DividedPass, division: Division): Promise<void> {
  const { range, samples, outputSize, maxRows } = pass;
  const tasks = new PassTasks(engine, { x: samples }, (recording) => ({
    pass: planPass(recording, range, samples, { maxRows }),
    measure: () => {},
  }));
  const receive = (block: number, answer: TaskResult): Float32Array => {
    tasks.replay(block, answer);
    return new Float32Array(answer.blocks[0]!);
  };
  const compute = (block: number): Float32Array => {
    // Planned for each block, because other calls may use the memory between two of them.
    const { output, rows } = planPass(engine, range, samples, { maxRows }).run(tasks.rowsOf(block).firstRow);
    return engine.memory.read(output, rows * outputSize);
  };
  const use = (block: number, output: Float32Array): void => {
    const { firstRow, rows } = tasks.rowsOf(block);
    pass.use(firstRow, rows, output);
  };
  await tasks.run(division, { receive, compute, use }, outputSize);
}

/**
 * `runNetwork` on several threads. Samples and weights must not change meanwhile. Errors: those of the options and the samples; the
 * signal's reason.
 */
export async function runNetworkOnThreads(
  { engine, range, check, outputShape, multiplications }: CheckedPass,
  options: ThreadOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const { threads } = validate('options', options, threadChecks);
  const samples = check();
  options.signal?.throwIfAborted();
  const outputSize = sizeOf(outputShape);
  const result = new Float32Array(samples.count * outputSize);
  const use = (firstRow: number, _: number, output: Float32Array): void => result.set(output, firstRow * outputSize);
  const division = { ...options, threads: threadsFor(threads, samples.count * multiplications) };
  await forEachChunkOnThreads(engine, { range, samples: sendable(samples), outputSize, use }, division);
  return result;
}

/** `measure` on several threads. The samples and the weights must not change meanwhile. Errors: the signal's reason. */
export async function measureOnThreads(
  lossSums: (engine: Engine, options: MeasureOptions) => LossSums,
  engine: Engine,
  options: MeasureOptions,
  division: Division,
): Promise<Measurement> {
  let sums!: LossSums;
  const x = sendable(options.x);
  const targets = options.targets === options.x ? x : sendable(options.targets);
  const tasks = new PassTasks(engine, { x, targets }, (recording) => {
    sums = lossSums(recording, options);
    return sums;
  });
  const receive = (block: number, answer: TaskResult): ChunkLosses => tasks.replay(block, answer);
  const compute = (block: number): ChunkLosses => {
    const local = lossSums(engine, options);
    return local.measure(local.pass.run(tasks.rowsOf(block).firstRow));
  };
  await tasks.run(division, { receive, compute, use: (_, losses) => sums.add(losses) });
  return sums.result();
}
