// One training step: augment ▸ corrupt ▸ forward ▸ loss ▸ backward ▸ optimizer, all in the model's memory.

import { sizeOf } from '../core/shape.ts';
import type { Arena } from '../engine/arena.ts';
import type { EncoderPenalty } from '../engine/encoder-penalty.ts';
import type { Engine, Instances } from '../engine/engine.ts';
import type { ActivationCall, BottleneckCall } from '../engine/layer-call.ts';
import { outputScale } from '../engine/schedule.ts';
import type { Address, Kernels } from '../wasm/kernels.ts';
import type { Source } from '../wasm/modules.ts';
import { type BatchLoss, fusedLossCode, lossAndGradient } from './batch-loss.ts';
import { encoderPenaltyOf } from './encoder-penalty.ts';
import { type UpdateCall, updateSymbol } from './optimizers/optimizer.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { FitSettings } from './options.ts';
import { planTraining, type TrainingPlan } from './plan/plan.ts';
import { runBackward, runForward, type TrainingStep } from './plan/step.ts';
import { planTargetScale } from './plan/target-scale.ts';
import { trainingSources } from './training-kernels.ts';

export type TrainerOptions = Pick<
  FitSettings,
  'optimizer' | 'loss' | 'corruption' | 'batchSize' | 'deterministic' | 'clipNorm' | 'clipValue'
> &
  Partial<Pick<FitSettings, 'augment' | 'contractive' | 'rateWeight'>> & {
    readonly seed: number;
    /** True: a separate block has the targets. False: the input is the target. */
    readonly hasTargets: boolean;
    /** Default false. */
    readonly hasSampleWeights?: boolean;
    /** The values of each target have a sum of 1. Default false. */
    readonly oneHotTargets?: boolean;
  };

/** A part of a batch. Its samples are at the addresses of the first samples of a batch. */
export interface BatchPart {
  readonly rows: number;
  /** Index of its first sample in the batch. */
  readonly firstRow: number;
  readonly step: number;
  readonly batchFraction: number;
}

/** A block with a row for each sample of a batch. */
export interface RowBlock {
  readonly address: Address;
  readonly rowBytes: number;
}

export class Trainer {
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  /** The modules of the kernels. */
  readonly sources: readonly Source[];
  readonly kernels: Kernels;
  /** For blocks whose contents last for one step. */
  readonly arena: Arena;
  /** The layers that run forward and backward. */
  steps: readonly TrainingStep[];
  /** Replaces `computeGradients` where workers compute parts of a batch. */
  gradientsInParts: ((rows: number, step: number, batchFraction: number) => Promise<number>) | undefined;
  #updateInParts: ((call: UpdateCall) => boolean) | undefined;
  readonly #plan: TrainingPlan;
  readonly #loss: BatchLoss;
  readonly #encoderPenalty: EncoderPenalty | undefined;
  readonly #update: UpdateCall;
  /** Steps whose layer adds a penalty to the loss. */
  readonly #penalties: readonly TrainingStep[];
  /** Bits per sample of the last batch; undefined unless the rate is trained. */
  bits: number | undefined;
  /** Addresses of the gradients of the trained weights, and of the optimizer's slots: blocks of the same layout. */
  readonly gradients: Address;
  readonly slots: readonly Address[];
  /** Addresses of the batch: of floats, and of bytes that `convertPixels` turns into floats. */
  readonly input: Address;
  readonly target: Address;
  readonly pixels: Address;
  readonly targetPixels: Address;
  /** A factor of the loss of each sample of a batch; empty without weights. */
  readonly sampleWeights: Float64Array;

  /** Errors: RangeError when gradients, slots and activations do not fit into memory, and when nothing is left to train. */
  static async create(engine: Engine, options: TrainerOptions): Promise<Trainer> {
    const { corruption, augment = [], contractive, deterministic } = options;
    const layers = [...corruption, ...augment, ...(contractive ? [contractive] : [])];
    const sources = trainingSources(engine, layers, deterministic);
    const kernels = await engine.instantiate(sources);
    const { activationStart } = engine;
    try {
      return new Trainer(engine, options, { sources, kernels });
    } catch (error) {
      // The slots of an earlier training keep their contents, as long as no other block is put there.
      engine.activationStart = activationStart;
      throw error;
    }
  }

  constructor(engine: Engine, options: TrainerOptions, { sources, kernels }: Instances) {
    const { network, memory, inputShape } = engine;
    const { batchSize, optimizer, loss: terms, hasTargets, oneHotTargets = false } = options;
    const inputValues = batchSize * sizeOf(inputShape);
    const targetValues = hasTargets ? batchSize * sizeOf(network.outputShape) : 0;
    const blocks = engine.allocatePersistent({
      gradients: network.trainedBytes,
      slots: optimizer[updateSymbol].slots.map(() => network.trainedBytes),
      input: inputValues * 4,
      target: targetValues * 4,
      pixels: inputValues,
      targetPixels: targetValues,
    });
    const { gradients, slots, input } = blocks;
    const target = hasTargets ? blocks.target : input;
    this.#engine = engine;
    this.#options = options;
    this.sources = sources;
    this.kernels = kernels;
    this.gradients = gradients;
    this.slots = slots;
    this.input = input;
    this.target = target;
    this.pixels = blocks.pixels;
    this.targetPixels = blocks.targetPixels;
    this.sampleWeights = new Float64Array(options.hasSampleWeights ? batchSize : 0);
    const count = network.trainedBytes / 4;
    this.#update = { weights: memory.parameters, gradients, slots, count, learningRate: 0, step: 0 };

    const arena = engine.stepArena('batchSize');
    this.arena = arena;
    const scale = outputScale(network);
    const movedTarget = hasTargets && !oneHotTargets ? target : 0;
    const plan = planTraining(
      { ...options, network, inputShape, end: scale?.at ?? network.nodes.length },
      { input, target: movedTarget, gradients },
      memory,
      arena,
    );
    const scaling = scale && planTargetScale(scale, target, batchSize, memory, arena);
    if (scaling) plan.transforms.push(scaling);
    this.#plan = plan;
    this.steps = plan.trained;
    this.#penalties = plan.trained.filter(({ definition }) => definition.penalty);
    const fusedCode = fusedLossCode(terms, plan.output.layer, oneHotTargets);
    const output = plan.output.call;
    (output as ActivationCall).activationBackwardDone = fusedCode !== undefined;
    const { sampleWeights } = this;
    this.#loss = { terms, output, target: scaling?.call.y ?? target, sampleWeights, fusedCode };
    this.#encoderPenalty = encoderPenaltyOf(engine, options, { kernels, arena, input, gradients, steps: plan.trained });
  }

  /** The samples that the network reads and, if they have another address, the targets of the loss. */
  get rowBlocks(): RowBlock[] {
    const { networkInput, output } = this.#plan;
    const samples = { address: networkInput, rowBytes: 4 * sizeOf(this.#engine.inputShape) };
    const targets = { address: this.#loss.target, rowBytes: 4 * output.call.outputSize };
    return targets.address === samples.address ? [samples] : [samples, targets];
  }

  /**
   * Whether the gradients of a batch are the means of the gradients of its parts. False with statistics over the batch and with a
   * penalty on the encoder.
   */
  get isDivisible(): boolean {
    const { frozen } = this.#plan;
    const divides = ({ definition, layer, call }: TrainingStep): boolean =>
      definition.rowwise || (definition.meansOfRows?.(layer, call.inputShape) ?? false);
    return !this.#encoderPenalty && [...frozen, ...this.steps].every(divides);
  }

  /** Whether kernels are strict. */
  get isStrict(): boolean {
    return this.#options.deterministic;
  }

  /** Whether the loss has a factor for each sample. */
  get isWeighted(): boolean {
    return this.sampleWeights.length > 0;
  }

  /** Sets the optimizer's slots, and the padding between gradients, to zero. */
  reset(): void {
    const { floats } = this.#engine.memory;
    for (const block of [this.gradients, ...this.slots]) floats.fill(0, block / 4, block / 4 + this.#update.count);
  }

  /** Whether all of `count` floats at an address are finite. */
  areFinite(address: Address, count: number): boolean {
    return Boolean(this.kernels.allFinite(address, count));
  }

  /** Converts the bytes of a batch, at `pixels` or `targetPixels`, to floats at `input` or `target`. */
  convertPixels(rows: number, targets: boolean): void {
    const { inputShape, network } = this.#engine;
    if (targets) this.kernels.pixelsToFloats(this.target, this.targetPixels, rows * sizeOf(network.outputShape));
    else this.kernels.pixelsToFloats(this.input, this.pixels, rows * sizeOf(inputShape));
  }

  /**
   * Computes the loss of the batch at `input` and `target` and its gradients. `step` counts from 0. `batchFraction`: `rows`
   * divided by the rows of a full batch.
   */
  computeGradients(rows: number, step: number, batchFraction = 1): number {
    this.transform(rows, step, batchFraction);
    let loss = this.backpropagate(this.kernels, { rows, firstRow: 0, step, batchFraction });
    if (this.#encoderPenalty) loss += this.#encoderPenalty(rows, step);
    return this.addWeightPenalties(loss);
  }

  /** Augments and corrupts the batch, and brings targets to the scale of the loss. */
  transform(rows: number, step: number, batchFraction = 1): void {
    runForward(this.kernels, this.#plan.transforms, rows, step, batchFraction);
  }

  /** Computes loss and gradients of samples that are ready for the network. Penalties of weights and encoder are not included. */
  backpropagate(kernels: Kernels, { rows, firstRow, step, batchFraction }: BatchPart): number {
    const { steps } = this;
    runForward(kernels, this.#plan.frozen, rows, step, batchFraction, firstRow);
    runForward(kernels, steps, rows, step, batchFraction, firstRow);
    let loss = lossAndGradient(kernels, this.#loss, rows, firstRow);
    for (const { definition, layer, call } of this.#penalties) {
      const penalty = definition.penalty!(kernels, call as BottleneckCall, layer);
      loss += penalty.loss;
      this.bits = penalty.bits;
    }
    runBackward(kernels, steps, rows);
    return loss;
  }

  /** Adds l1 and l2 penalties of the weights to a loss, and their gradients. */
  addWeightPenalties(loss: number): number {
    const { network, memory } = this.#engine;
    let total = loss;
    for (const { offset, size, l1, l2, fixed } of network.weights) {
      if (!l1 && !l2) continue;
      const weights = memory.parameters + offset;
      total += this.kernels.penalty(weights, size, l1, l2);
      if (!fixed) this.kernels.penaltyGradient(this.gradients + offset, weights, size, l1, l2);
    }
    return total;
  }

  /** Clips the gradients and updates the weights. `step` counts from 0. */
  update(step: number): void {
    const { optimizer, clipNorm, clipValue } = this.#options;
    const { count } = this.#update;
    if (clipValue) this.kernels.clamp(this.gradients, this.gradients, count, -clipValue, clipValue);
    if (clipNorm) {
      const norm = Math.sqrt(this.kernels.sumOfSquares(this.gradients, count));
      if (norm > clipNorm) this.kernels.scale(this.gradients, count, clipNorm / norm);
    }
    this.#update.learningRate = rateAt(optimizer.learningRate, step);
    this.#update.step = step + 1;
    if (!this.#updateInParts?.(this.#update)) this.optimize(this.kernels, this.#update);
  }

  /** Runs the optimizer. */
  optimize(kernels: Kernels, call: UpdateCall): void {
    this.#options.optimizer[updateSymbol].update(kernels, call);
  }

  /** Replaces each step by a step with the same results. `update` updates the weights, or returns false if it has not. */
  divide(replace: (step: TrainingStep) => TrainingStep, update: (call: UpdateCall) => boolean): void {
    this.steps = this.steps.map(replace);
    this.#updateInParts = update;
  }
}
