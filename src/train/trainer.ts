// One training step: corrupt ▸ forward ▸ loss ▸ backward ▸ optimizer, all in the model's memory.
// Nothing is allocated in JavaScript from step to step.

import { inferRelaxed, inferStrict, trainRelaxed, trainStrict } from '#wasm';
import type { Engine } from '../engine/engine.ts';
import { callOf } from '../engine/inference.ts';
import { streams } from '../engine/initialize.ts';
import { PARAMETERS } from '../engine/memory.ts';
import type { Node } from '../engine/network.ts';
import { type Call, kindAt, type Layer, sizeOf } from '../layers/layer.ts';
import { crossentropyOfSigmoid, type LossTerm, losses } from '../losses.ts';
import { type Optimizer, type UpdateCall, updateOf } from '../optimizers/optimizer.ts';
import { rateAt } from '../optimizers/schedules.ts';
import type { InferKernels, TrainKernels } from '../wasm/kernels.ts';
import { instantiate } from '../wasm/load.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';

export interface TrainerOptions {
  readonly optimizer: Optimizer;
  readonly loss: readonly LossTerm[];
  readonly corruption: readonly Layer[];
  readonly batchSize: number;
  readonly seed: number;
  readonly deterministic: boolean;
  /** The target is a block of its own, not the input. */
  readonly targets: boolean;
  readonly clipNorm: number;
  readonly clipValue: number;
}

interface Step {
  readonly node: Pick<Node, 'kind' | 'layer'>;
  readonly call: Call;
}

export class Trainer {
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #kernels: InferKernels & TrainKernels;
  readonly #corrupt: Step[] = [];
  readonly #steps: Step[] = [];
  readonly #update: UpdateCall;
  readonly #gradients: number;
  readonly #output: Call;
  readonly #fused: boolean;
  /** Where a batch is put: floats, or bytes that `step` converts. */
  readonly input: number;
  readonly target: number;
  readonly pixels: number;
  readonly targetPixels: number;
  readonly slots: readonly number[];
  /** Learning rate of the last step. */
  rate = 0;

  /** Errors: RangeError when gradients, slots and activations do not fit. */
  static async create(engine: Engine, options: TrainerOptions): Promise<Trainer> {
    const relaxed = !options.deterministic && hasRelaxedSimd();
    const [infer, train] = await Promise.all([
      instantiate<InferKernels>(relaxed ? inferRelaxed : inferStrict, engine.memory.wasm),
      instantiate<TrainKernels>(relaxed ? trainRelaxed : trainStrict, engine.memory.wasm),
    ]);
    return new Trainer(engine, options, { ...infer, ...train });
  }

  private constructor(engine: Engine, options: TrainerOptions, kernels: InferKernels & TrainKernels) {
    const { network } = engine;
    const { batchSize, optimizer } = options;
    const sample = sizeOf(engine.input);
    const batch = batchSize * sample;
    this.#engine = engine;
    this.#options = options;
    this.#kernels = kernels;
    const kept = optimizer[updateOf].slots.map(() => network.bytes);
    const target = options.targets ? batch : 0;
    const blocks = engine.reserve([network.bytes, ...kept, batch * 4, target * 4, batch, target]);
    this.slots = blocks.slice(1, 1 + kept.length);
    [this.input, this.target, this.pixels, this.targetPixels] = blocks.slice(-4) as [number, number, number, number];
    this.#gradients = blocks[0]!;
    if (!options.targets) this.target = this.input;
    this.#update = {
      weights: PARAMETERS,
      gradients: this.#gradients,
      slots: this.slots,
      n: network.bytes / 4,
      rate: 0,
      t: 0,
    };
    this.#lay(batchSize);
    this.#output = this.#steps[this.#steps.length - 1]!.call;
    const last = this.#steps[this.#steps.length - 1]!.node.layer as Layer & { activation?: string };
    this.#fused = last.activation === 'sigmoid' && options.loss.every((term) => term.name === 'binaryCrossentropy');
    this.#output.beforeActivation = this.#fused;
  }

  /** Gives every layer its place among the activations. Gradients take turns in two blocks. */
  #lay(batchSize: number): void {
    const { network } = this.#engine;
    const { corruption, seed } = this.#options;
    const sample = sizeOf(this.#engine.input);
    const widest = Math.max(sample, ...network.nodes.map((node) => node.outputSize)) * batchSize * 4;
    const saved = network.nodes.map((node) => (node.kind.saved?.(node.layer, node.input) ?? 0) * batchSize * 4);
    const outputs = network.nodes.map((node) => node.outputSize * batchSize * 4);
    const corrupted = corruption.length ? sample * batchSize * 4 : 0;
    const blocks = this.#engine.temporary([corrupted, widest, widest, ...saved, ...outputs], 'batchSize');
    const [noisy, even, odd] = blocks as [number, number, number];
    const random = { seedLow: seed >>> 0, seedHigh: Math.floor(seed / 2 ** 32) };
    corruption.forEach((layer, i) => {
      const kind = kindAt(layer, 'corruption');
      const bare = { layer, kind, weights: [], inputSize: sample, outputSize: sample } as unknown as Node;
      const stream = streams.corruption + i;
      const call = { ...callOf(bare), ...random, x: i === 0 ? this.input : noisy, y: noisy, stream };
      this.#corrupt.push({ node: bare, call });
    });
    network.nodes.forEach((node, i) => {
      const [dy, dx] = (network.nodes.length - i) % 2 ? [even, odd] : [odd, even];
      const call = { ...callOf(node), ...random, stream: streams.layers + i, dy };
      call.x = i === 0 ? (corrupted ? noisy : this.input) : this.#steps[i - 1]!.call.y;
      call.dx = i === 0 ? 0 : dx;
      call.saved = saved[i] ? blocks[3 + i]! : 0;
      call.y = blocks[3 + network.nodes.length + i]!;
      call.gradients = node.weights.map((weight) => this.#gradients + weight.offset);
      this.#steps.push({ node, call });
    });
  }

  /** Sets the optimizer's slots, and the padding between gradients, to zero. */
  reset(): void {
    const { floats } = this.#engine.memory;
    for (const slot of [this.#gradients, ...this.slots]) floats.fill(0, slot / 4, slot / 4 + this.#update.n);
  }

  /** Turns bytes that were put at `pixels` into the floats of a batch. */
  convert(rows: number, targets: boolean): void {
    const n = rows * sizeOf(this.#engine.input);
    if (targets) this.#kernels.pixelsToFloats(this.target, this.targetPixels, n);
    else this.#kernels.pixelsToFloats(this.input, this.pixels, n);
  }

  /** Loss and gradients of the batch that lies at `input` and `target`; `step` counts from 0. */
  gradients(rows: number, step: number): number {
    const kernels = this.#kernels;
    for (const list of [this.#corrupt, this.#steps]) {
      for (const { node, call } of list) {
        call.rows = rows;
        call.step = step;
        node.kind.forward(kernels, call, node.layer);
      }
    }
    let loss = this.#loss(rows);
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { node, call } = this.#steps[i]!;
      node.kind.backward(kernels, call, node.layer);
    }
    for (const { offset, size, l1, l2 } of this.#engine.network.weights) {
      if (!l1 && !l2) continue;
      loss += kernels.penalty(PARAMETERS + offset, size, l1, l2);
      kernels.penaltyGradient(this.#gradients + offset, PARAMETERS + offset, size, l1, l2);
    }
    return loss;
  }

  #loss(rows: number): number {
    const { y, dy, outputSize } = this.#output;
    const n = rows * outputSize;
    let total = 0;
    this.#options.loss.forEach(({ name, weight }, i) => {
      const code = this.#fused ? crossentropyOfSigmoid : losses[name];
      total += (weight / n) * this.#kernels.lossGradient(dy, y, this.target, n, code, weight / n, i > 0 ? 1 : 0);
    });
    return total;
  }

  /** Clips the gradients and updates the weights; `step` counts from 0. */
  update(step: number): void {
    const { optimizer, clipNorm, clipValue } = this.#options;
    const { n } = this.#update;
    if (clipValue) this.#kernels.clamp(this.#gradients, this.#gradients, n, -clipValue, clipValue);
    if (clipNorm) {
      const norm = Math.sqrt(this.#kernels.sumOfSquares(this.#gradients, n));
      if (norm > clipNorm) this.#kernels.scale(this.#gradients, n, clipNorm / norm);
    }
    this.rate = rateAt(optimizer.learningRate, step);
    this.#update.rate = this.rate;
    this.#update.t = step + 1;
    optimizer[updateOf].update(this.#kernels, this.#update);
  }

  /** A copy of the gradient of each weight, by its path. */
  readGradients(): Record<string, Float32Array<ArrayBuffer>> {
    const { memory, network } = this.#engine;
    return Object.fromEntries(
      network.weights.map(({ path, offset, size }) => [path, memory.read(this.#gradients + offset, size)]),
    );
  }
}
