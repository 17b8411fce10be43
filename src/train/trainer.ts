// One training step: augment ▸ corrupt ▸ forward ▸ loss ▸ backward ▸ optimizer, all in the model's memory.
// Nothing is allocated in JavaScript from step to step.

import { inferRelaxed, inferStrict, trainRelaxed, trainStrict } from '#wasm';
import { wrongValue } from '../core/errors.ts';
import { maxOf } from '../core/portable-math.ts';
import { sizeOf } from '../core/shape.ts';
import { type Engine, seedWords } from '../engine/engine.ts';
import { newCall } from '../engine/executor.ts';
import type { Node } from '../engine/graph.ts';
import { randomStreams } from '../engine/initialize.ts';
import { definitionOf, type Layer, type LayerCall } from '../engine/layer-definition.ts';
import { fusedLosses, lossCodes, lossCount } from '../engine/losses.ts';
import { outputScale, schedule } from '../engine/schedule.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';
import { contractivePenaltyOf } from './contractive/penalty.ts';
import type { ContractivePenalty } from './contractive/projected.ts';
import { type UpdateCall, updateSymbol } from './optimizers/optimizer.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { GradientSum, TrainerOptions, TrainingStep } from './training-step.ts';

export class Trainer {
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #kernels: Kernels;
  /** What goes forward only: augmentations, corruptions, and layers that are not trained. */
  readonly #forwardOnly: TrainingStep[] = [];
  readonly #steps: TrainingStep[] = [];
  readonly penalties: TrainingStep[];
  readonly #contractivePenalty: ContractivePenalty | undefined;
  readonly #update: UpdateCall;
  /** Gradients of all weights that are trained. */
  readonly gradients: number;
  readonly #output: LayerCall;
  /** Targets on the scale that the loss is measured on. */
  readonly #scaledTarget: number;
  /** Code of a loss whose gradient is taken before the last activation. */
  readonly #fusedLoss: number | undefined;
  /** Where a batch is put: floats, or bytes that `step` converts. */
  readonly input: number;
  readonly target: number;
  readonly pixels: number;
  readonly targetPixels: number;
  readonly slots: readonly number[];
  /** A factor of the loss of each sample of a batch, where they have some. */
  readonly sampleWeights: Float64Array;

  /** Errors: RangeError when gradients, slots and activations do not fit. */
  static async create(engine: Engine, options: TrainerOptions): Promise<Trainer> {
    const relaxed = !options.deterministic && hasRelaxedSimd();
    const { corruption, augment = [], contractive } = options;
    const others = [...corruption, ...augment, ...(contractive ? [contractive] : [])];
    const definitions = engine.network.nodes.map(({ definition }) => definition);
    definitions.push(...others.map((layer) => definitionOf(layer, 'corruption')));
    const own = [
      { strict: inferStrict, relaxed: inferRelaxed },
      { strict: trainStrict, relaxed: trainRelaxed },
    ];
    const modules = [...own, ...definitions.flatMap(({ module }) => module ?? [])];
    const sources = modules.map((module) => (relaxed ? module.relaxed : module.strict));
    const kernels = await engine.instantiate(sources);
    const { activationStart } = engine;
    try {
      return new Trainer(engine, options, kernels);
    } catch (error) {
      // The slots of an earlier training are still whole, as long as nothing else is put there.
      engine.activationStart = activationStart;
      throw error;
    }
  }

  constructor(engine: Engine, options: TrainerOptions, kernels: Kernels) {
    const { network } = engine;
    const { batchSize, optimizer } = options;
    const batch = batchSize * sizeOf(engine.inputShape);
    this.#engine = engine;
    this.#options = options;
    this.#kernels = kernels;
    const targetSize = options.hasTargets ? batchSize * sizeOf(network.outputShape) : 0;
    const blocks = engine.allocatePersistent({
      gradients: network.trainedBytes,
      slots: optimizer[updateSymbol].slots.map(() => network.trainedBytes),
      input: batch * 4,
      target: targetSize * 4,
      pixels: batch,
      targetPixels: targetSize,
    });
    this.gradients = blocks.gradients;
    this.slots = blocks.slots;
    this.input = blocks.input;
    this.target = blocks.target;
    this.pixels = blocks.pixels;
    this.targetPixels = blocks.targetPixels;
    this.sampleWeights = new Float64Array(options.hasSampleWeights ? batchSize : 0);
    if (!options.hasTargets) this.target = this.input;
    this.#update = {
      weights: engine.memory.parameters,
      gradients: this.gradients,
      slots: this.slots,
      count: network.trainedBytes / 4,
      learningRate: 0,
      step: 0,
    };
    const arena = engine.stepArena('batchSize');
    const allocate = (sizes: readonly number[]): readonly number[] => arena.alloc({ blocks: sizes }).blocks;
    const scale = options.outputGradient ? undefined : outputScale(network);
    const last = this.#steps[this.#plan(batchSize, allocate, scale?.at ?? network.nodes.length)]!;
    this.#scaledTarget = this.target;
    if (scale) {
      this.#scaledTarget = allocate([batchSize * scale.outputSize * 4])[0]!;
      const own = { x: this.target, y: this.#scaledTarget };
      this.#forwardOnly.push({ ...scale, call: { ...newCall(scale, engine.memory), ...own }, accumulations: [] });
    }
    this.penalties = this.#steps.filter(({ definition }) => definition.penalty);
    this.#output = last.call;
    const { activation } = last.layer as Layer & { activation?: string };
    const [term, more] = options.loss;
    // Targets of a softmax need a sum of 1.
    if (!options.outputGradient && !more && (options.oneHotTargets || activation !== 'softmax')) {
      this.#fusedLoss = fusedLosses[`${activation} ${term!.name}`];
    }
    this.#output.lossFusedWithActivation = this.#fusedLoss !== undefined;
    if (options.outputGradient) return;
    const own = { input: this.input, gradients: this.gradients, steps: this.#steps };
    this.#contractivePenalty = contractivePenaltyOf({ engine, options, kernels, arena, ...own, createTrainer });
  }

  /** Gives the layers before node `end` their places among the activations. Returns the number of the last step. */
  #plan(batchSize: number, allocate: (sizes: readonly number[]) => readonly number[], end: number): number {
    const { network, inputShape } = this.#engine;
    const { corruption, augment = [], seed, hasTargets, oneHotTargets } = this.#options;
    const sample = sizeOf(inputShape);
    const { ops, last } = schedule(network.nodes, 0, end, !this.#options.outputGradient, network.frozenNodes);
    // Ops that are not trained come first.
    const frozenOps = ops.filter(({ node }) => network.nodes.indexOf(node) < network.frozenNodes).length;
    if (last < frozenOps) throw wrongValue('model', 'a layer with something to train', last, 'none');
    // A chain needs two gradients at a time. Where paths join, an output may wait for a second reader.
    const joins = ops.some((op) => op.skipInput !== undefined);
    const widest = maxOf(ops, ({ node }) => node.outputSize) * batchSize * 4;
    const outputBytes = ops.map(({ node }) => node.outputSize * batchSize * 4);
    const outputs = allocate(outputBytes);
    const gradients = allocate(joins ? outputBytes : [widest, widest]);
    const saved = ops.map(({ node }, i) => {
      const values = i < frozenOps ? 0 : node.definition.saved?.(node.layer, node.inputShape, batchSize);
      return values ? allocate([values * 4])[0]! : 0;
    });
    const augmentOps = augment.map((layer) => {
      return { node: { layer, definition: definitionOf(layer, 'augment'), inputShape } };
    });
    const opsWithWorkspace = [...ops, ...augmentOps];
    const work = maxOf(opsWithWorkspace, ({ node: { definition, layer, inputShape } }) => {
      return definition.workspace?.(layer, inputShape, batchSize) ?? 0;
    });
    const sizes = [corruption.length ? sample * batchSize * 4 : 0, work, joins ? widest : 0];
    const [corruptedInput, workspace, spareGradient] = allocate(sizes) as readonly [number, number, number];
    const n = ops.length;
    const first = corruption.length ? corruptedInput : this.input;
    const output = (op: number): number => outputs[op] ?? first;
    const gradient = (op: number): number => gradients[joins ? op : op % 2] ?? 0;
    const [seedLow, seedHigh] = seedWords(seed);
    const random = { training: true, seedLow, seedHigh };

    const addTransform = (layer: Layer, stream: number, x: number, y: number): void => {
      const definition = definitionOf(layer, 'corruption');
      const sizes = { inputSize: sample, outputSize: sample };
      const node = { layer, definition, weights: [], inputShape, ...sizes } as unknown as Node;
      const call = { ...newCall(node, this.#engine.memory), ...random, x, y, stream, workspace };
      this.#forwardOnly.push({ ...node, call, accumulations: [] });
    };
    augment.forEach((layer, i) => {
      addTransform(layer, randomStreams.augment + i, this.input, this.input);
      if (!hasTargets || oneHotTargets || definitionOf(layer, 'augment').augments !== 'places') return;
      addTransform(layer, randomStreams.augment + i, this.target, this.target);
    });
    corruption.forEach((layer, i) => {
      addTransform(layer, randomStreams.corruption + i, i === 0 ? this.input : corruptedInput, corruptedInput);
    });
    const transformCount = this.#forwardOnly.length;
    const hasGradient = new Set<number>();
    for (let i = n - 1; i >= 0; i--) {
      const { node, input, skipInput } = ops[i]!;
      const accumulations: GradientSum[] = [];
      // A later consumer writes to the spare buffer; `pass` adds it to the first one's gradient.
      const gradientTarget = (source: number | undefined): number => {
        if (source === undefined || source < frozenOps) return 0;
        const to = gradient(source);
        if (!joins || !hasGradient.has(source)) {
          hasGradient.add(source);
          return to;
        }
        accumulations.push({ to, from: spareGradient, size: ops[source]!.node.outputSize });
        return spareGradient;
      };
      const call: LayerCall = {
        ...newCall(node, this.#engine.memory),
        ...random,
        stream: randomStreams.layers + network.nodes.indexOf(node),
        y: output(i),
        dy: gradient(i),
        x: output(input),
        dx: i < frozenOps ? 0 : gradientTarget(input),
        skipInput: skipInput === undefined ? 0 : output(skipInput),
        skipInputGradient: i < frozenOps ? 0 : gradientTarget(skipInput),
        ...{ training: i >= frozenOps, updateRunningStats: !this.#options.outputGradient },
        saved: saved[i]!,
        workspace,
        outputValues: ops[last]!.node.outputSize,
        rateWeight: node.definition.rate ? (this.#options.rateWeight ?? 0) : 0,
        gradients: node.weights.map((weight) => (weight.fixed ? 0 : this.gradients + weight.offset)),
      };
      const step = { definition: node.definition, layer: node.layer, call, accumulations };
      if (i < frozenOps) this.#forwardOnly.splice(transformCount, 0, step);
      else this.#steps.unshift(step);
    }
    return last - frozenOps;
  }

  /** Sets the optimizer's slots, and the padding between gradients, to zero. */
  reset(): void {
    const { floats } = this.#engine.memory;
    for (const slot of [this.gradients, ...this.slots]) floats.fill(0, slot / 4, slot / 4 + this.#update.count);
  }

  /** Turns bytes that were put at `pixels` into the floats of a batch. */
  convertPixels(rows: number, targets: boolean): void {
    const { inputShape, network } = this.#engine;
    if (targets) this.#kernels.pixelsToFloats(this.target, this.targetPixels, rows * sizeOf(network.outputShape));
    else this.#kernels.pixelsToFloats(this.input, this.pixels, rows * sizeOf(inputShape));
  }

  /**
   * Loss and gradients of the batch that lies at `inputShape` and `target`; `step` counts from 0. `batchFraction`: the rows as a share
   * of those of a whole batch.
   */
  computeGradients(rows: number, step: number, share = 1): number {
    const kernels = this.#kernels;
    let loss = this.pass(rows, step, share);
    if (this.#contractivePenalty) loss += this.#contractivePenalty(rows, step);
    for (const { offset, size, l1, l2 } of this.#engine.network.weights) {
      if (!l1 && !l2) continue;
      loss += kernels.penalty(this.#update.weights + offset, size, l1, l2);
      kernels.penaltyGradient(this.gradients + offset, this.#update.weights + offset, size, l1, l2);
    }
    return loss;
  }

  /** Forward, loss and backward. */
  pass(rows: number, step: number, share = 1): number {
    const kernels = this.#kernels;
    for (const list of [this.#forwardOnly, this.#steps]) {
      for (const { definition, layer, call } of list) {
        call.rows = rows;
        call.step = step;
        call.batchFraction = share;
        definition.forward(kernels, call, layer);
      }
    }
    let loss = this.#loss(rows);
    for (const { definition, layer, call } of this.penalties) loss += definition.penalty!(kernels, call, layer);
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { definition, layer, call, accumulations } = this.#steps[i]!;
      definition.backward(kernels, call, layer);
      for (const { to, from, size } of accumulations) kernels.add(to, to, from, rows * size);
    }
    return loss;
  }

  #loss(rows: number): number {
    const { y, dy, outputSize } = this.#output;
    if (this.#options.outputGradient) return this.#options.outputGradient(this.#output, rows);
    const weighted = this.sampleWeights.length > 0;
    // In one call, or sample by sample.
    const [calls, size] = weighted ? [rows, outputSize] : [1, rows * outputSize];
    let total = 0;
    this.#options.loss.forEach(({ name, weight }, i) => {
      const code = this.#fusedLoss ?? lossCodes[name];
      for (let r = 0; r < calls; r++) {
        const scale = ((weighted ? this.sampleWeights[r]! : 1) * weight) / lossCount(name, rows, outputSize);
        const at = r * size * 4;
        total +=
          scale *
          this.#kernels.lossGradient(dy + at, y + at, this.#scaledTarget + at, size, code, scale, i > 0 ? 1 : 0);
      }
    });
    return total;
  }

  /** Clips the gradients and updates the weights; `step` counts from 0. */
  update(step: number): void {
    const { optimizer, clipNorm, clipValue } = this.#options;
    const { count } = this.#update;
    if (clipValue) this.#kernels.clamp(this.gradients, this.gradients, count, -clipValue, clipValue);
    if (clipNorm) {
      const norm = Math.sqrt(this.#kernels.sumOfSquares(this.gradients, count));
      if (norm > clipNorm) this.#kernels.scale(this.gradients, count, clipNorm / norm);
    }
    this.#update.learningRate = rateAt(optimizer.learningRate, step);
    this.#update.step = step + 1;
    optimizer[updateSymbol].update(this.#kernels, this.#update);
  }
}

/** Apart from the class, which would else name itself and could not be shaken out of a bundle. */
function createTrainer(engine: Engine, options: TrainerOptions, kernels: Kernels): Trainer {
  return new Trainer(engine, options, kernels);
}
