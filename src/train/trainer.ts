// One training step: augment ▸ corrupt ▸ forward ▸ loss ▸ backward ▸ optimizer, all in the model's memory.
// Nothing is allocated in JavaScript from step to step.

import { inferRelaxed, inferStrict, trainRelaxed, trainStrict } from '#wasm';
import { wrongValue } from '../core/errors.ts';
import { type Engine, wordsOf } from '../engine/engine.ts';
import { callOf } from '../engine/executor.ts';
import type { Node } from '../engine/graph.ts';
import { streams } from '../engine/initialize.ts';
import { type Call, kindAt, type Layer, sizeOf } from '../engine/layer-definition.ts';
import { countOf, fused, losses } from '../engine/losses.ts';
import { chain, largest, scaleOf } from '../engine/schedule.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';
import { contractionOf } from './contractive/penalty.ts';
import type { Contraction } from './contractive/projected.ts';
import { type UpdateCall, updateOf } from './optimizers/optimizer.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { Add, Step, TrainerOptions } from './training-step.ts';

export class Trainer {
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #kernels: Kernels;
  /** What goes forward only: augmentations, corruptions, and layers that are not trained. */
  readonly #before: Step[] = [];
  readonly #steps: Step[] = [];
  readonly penalties: Step[];
  readonly #contraction: Contraction | undefined;
  readonly #update: UpdateCall;
  /** Gradients of all weights that are trained. */
  readonly block: number;
  readonly #output: Call;
  /** Targets on the scale that the loss is measured on. */
  readonly #truth: number;
  /** Code of a loss whose gradient is taken before the last activation. */
  readonly #fused: number | undefined;
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
    const kinds = [
      ...engine.network.nodes.map(({ kind }) => kind),
      ...[...options.corruption, ...(options.augment ?? []), ...(options.contractive ? [options.contractive] : [])].map(
        (layer) => kindAt(layer, 'corruption'),
      ),
    ];
    const own = [
      { strict: inferStrict, relaxed: inferRelaxed },
      { strict: trainStrict, relaxed: trainRelaxed },
    ];
    const modules = [...own, ...kinds.flatMap(({ module }) => module ?? [])];
    const sources = modules.map((module) => (relaxed ? module.relaxed : module.strict));
    const kernels = await engine.instantiate(sources);
    const { activations } = engine;
    try {
      return new Trainer(engine, options, kernels);
    } catch (error) {
      // The slots of an earlier training are still whole, as long as nothing else is put there.
      engine.activations = activations;
      throw error;
    }
  }

  constructor(engine: Engine, options: TrainerOptions, kernels: Kernels) {
    const { network } = engine;
    const { batchSize, optimizer } = options;
    const batch = batchSize * sizeOf(engine.input);
    this.#engine = engine;
    this.#options = options;
    this.#kernels = kernels;
    const kept = optimizer[updateOf].slots.map(() => network.trainedBytes);
    const target = options.targets ? batchSize * sizeOf(network.output) : 0;
    const blocks = engine.reserve([network.trainedBytes, ...kept, batch * 4, target * 4, batch, target]);
    this.slots = blocks.slice(1, 1 + kept.length);
    [this.input, this.target, this.pixels, this.targetPixels] = blocks.slice(-4) as [number, number, number, number];
    this.block = blocks[0]!;
    this.sampleWeights = new Float64Array(options.weighted ? batchSize : 0);
    if (!options.targets) this.target = this.input;
    this.#update = {
      weights: engine.memory.parameters,
      gradients: this.block,
      slots: this.slots,
      n: network.trainedBytes / 4,
      rate: 0,
      t: 0,
    };
    const room = engine.behind(engine.activations, 'batchSize');
    const scale = options.differentiate ? undefined : scaleOf(network);
    const last = this.#steps[this.#lay(batchSize, room, scale?.at ?? network.nodes.length)]!;
    this.#truth = this.target;
    if (scale) {
      this.#truth = room([batchSize * scale.outputSize * 4])[0]!;
      const own = { x: this.target, y: this.#truth };
      this.#before.push({ ...scale, call: { ...callOf(scale, engine.memory), ...own }, adds: [] });
    }
    this.penalties = this.#steps.filter(({ kind }) => kind.penalty);
    this.#output = last.call;
    const { activation } = last.layer as Layer & { activation?: string };
    const [term, more] = options.loss;
    // Targets of a softmax need a sum of 1.
    if (!options.differentiate && !more && (options.oneHot || activation !== 'softmax')) {
      this.#fused = fused[`${activation} ${term!.name}`];
    }
    this.#output.beforeActivation = this.#fused !== undefined;
    if (options.differentiate) return;
    const own = { input: this.input, gradients: this.block, steps: this.#steps };
    this.#contraction = contractionOf({ engine, options, kernels, room, ...own, build: trainerOf });
  }

  /** Gives the layers before node `end` their places among the activations. Returns the number of the last step. */
  #lay(batchSize: number, room: (sizes: readonly number[]) => number[], end: number): number {
    const { network, input } = this.#engine;
    const { corruption, augment = [], seed, targets, oneHot } = this.#options;
    const sample = sizeOf(input);
    const { links, last } = chain(network.nodes, 0, end, !this.#options.differentiate, network.frozen);
    // Links that are not trained come first.
    const still = links.filter(({ node }) => network.nodes.indexOf(node) < network.frozen).length;
    if (last < still) throw wrongValue('model', 'a layer with something to train', last, 'none');
    // A chain needs two gradients at a time. Where paths join, an output may wait for a second reader.
    const joins = links.some((link) => link.joined !== undefined);
    const widest = largest(links, ({ node }) => node.outputSize) * batchSize * 4;
    const outputs = room(links.map(({ node }) => node.outputSize * batchSize * 4));
    const gradients = joins ? room(links.map(({ node }) => node.outputSize * batchSize * 4)) : room([widest, widest]);
    const saved = links.map(({ node: { kind, layer, input } }, i) => {
      const values = i < still ? 0 : kind.saved?.(layer, input, batchSize);
      return values ? room([values * 4])[0]! : 0;
    });
    const changes = augment.map((layer) => ({ node: { layer, kind: kindAt(layer, 'augment'), input } }));
    const needy = [...links, ...changes];
    const work = largest(needy, ({ node }) => node.kind.workspace?.(node.layer, node.input, batchSize) ?? 0);
    const sizes = [corruption.length ? sample * batchSize * 4 : 0, work, joins ? widest : 0];
    const [noisy, workspace, aside] = room(sizes) as [number, number, number];
    const n = links.length;
    const first = corruption.length ? noisy : this.input;
    const output = (link: number): number => outputs[link] ?? first;
    const gradient = (link: number): number => gradients[joins ? link : link % 2] ?? 0;
    const [seedLow, seedHigh] = wordsOf(seed);
    const random = { training: true, seedLow, seedHigh };

    const change = (layer: Layer, stream: number, x: number, y: number): void => {
      const kind = kindAt(layer, 'corruption');
      const bare = { layer, kind, weights: [], input, inputSize: sample, outputSize: sample } as unknown as Node;
      this.#before.push({
        ...bare,
        call: { ...callOf(bare, this.#engine.memory), ...random, x, y, stream, workspace },
        adds: [],
      });
    };
    augment.forEach((layer, i) => {
      change(layer, streams.augment + i, this.input, this.input);
      if (!targets || oneHot || kindAt(layer, 'augment').augments !== 'places') return;
      change(layer, streams.augment + i, this.target, this.target);
    });
    corruption.forEach((layer, i) => {
      change(layer, streams.corruption + i, i === 0 ? this.input : noisy, noisy);
    });
    const changed = this.#before.length;
    const written = new Set<number>();
    for (let i = n - 1; i >= 0; i--) {
      const { node, from, joined } = links[i]!;
      const adds: Add[] = [];
      // Whoever comes second adds to what is there.
      const into = (source: number | undefined): number => {
        if (source === undefined || source < still) return 0;
        const to = gradient(source);
        if (!joins || !written.has(source)) {
          written.add(source);
          return to;
        }
        adds.push({ to, from: aside, size: links[source]!.node.outputSize });
        return aside;
      };
      const call: Call = {
        ...callOf(node, this.#engine.memory),
        ...random,
        stream: streams.layers + network.nodes.indexOf(node),
        y: output(i),
        dy: gradient(i),
        x: output(from),
        dx: i < still ? 0 : into(from),
        other: joined === undefined ? 0 : output(joined),
        dOther: i < still ? 0 : into(joined),
        ...{ training: i >= still, beside: this.#options.differentiate !== undefined },
        saved: saved[i]!,
        workspace,
        values: links[last]!.node.outputSize,
        rateWeight: node.kind.rate ? (this.#options.rateWeight ?? 0) : 0,
        gradients: node.weights.map((weight) => (weight.fixed ? 0 : this.block + weight.offset)),
      };
      const step = { kind: node.kind, layer: node.layer, call, adds };
      if (i < still) this.#before.splice(changed, 0, step);
      else this.#steps.unshift(step);
    }
    return last - still;
  }

  /** Sets the optimizer's slots, and the padding between gradients, to zero. */
  reset(): void {
    const { floats } = this.#engine.memory;
    for (const slot of [this.block, ...this.slots]) floats.fill(0, slot / 4, slot / 4 + this.#update.n);
  }

  /** Turns bytes that were put at `pixels` into the floats of a batch. */
  convert(rows: number, targets: boolean): void {
    const { input, network } = this.#engine;
    if (targets) this.#kernels.pixelsToFloats(this.target, this.targetPixels, rows * sizeOf(network.output));
    else this.#kernels.pixelsToFloats(this.input, this.pixels, rows * sizeOf(input));
  }

  /**
   * Loss and gradients of the batch that lies at `input` and `target`; `step` counts from 0. `share`: the rows as a share
   * of those of a whole batch.
   */
  gradients(rows: number, step: number, share = 1): number {
    const kernels = this.#kernels;
    let loss = this.pass(rows, step, share);
    if (this.#contraction) loss += this.#contraction(rows, step);
    for (const { offset, size, l1, l2 } of this.#engine.network.weights) {
      if (!l1 && !l2) continue;
      loss += kernels.penalty(this.#update.weights + offset, size, l1, l2);
      kernels.penaltyGradient(this.block + offset, this.#update.weights + offset, size, l1, l2);
    }
    return loss;
  }

  /** Forward, loss and backward. */
  pass(rows: number, step: number, share = 1): number {
    const kernels = this.#kernels;
    for (const list of [this.#before, this.#steps]) {
      for (const { kind, layer, call } of list) {
        call.rows = rows;
        call.step = step;
        call.share = share;
        kind.forward(kernels, call, layer);
      }
    }
    let loss = this.#loss(rows);
    for (const { kind, layer, call } of this.penalties) loss += kind.penalty!(kernels, call, layer);
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { kind, layer, call, adds } = this.#steps[i]!;
      kind.backward(kernels, call, layer);
      for (const { to, from, size } of adds) kernels.add(to, to, from, rows * size);
    }
    return loss;
  }

  #loss(rows: number): number {
    const { y, dy, outputSize } = this.#output;
    if (this.#options.differentiate) return this.#options.differentiate(this.#output, rows);
    const weighted = this.sampleWeights.length > 0;
    // In one call, or sample by sample.
    const [calls, size] = weighted ? [rows, outputSize] : [1, rows * outputSize];
    let total = 0;
    this.#options.loss.forEach(({ name, weight }, i) => {
      const code = this.#fused ?? losses[name];
      for (let r = 0; r < calls; r++) {
        const scale = ((weighted ? this.sampleWeights[r]! : 1) * weight) / countOf(name, rows, outputSize);
        const at = r * size * 4;
        total +=
          scale * this.#kernels.lossGradient(dy + at, y + at, this.#truth + at, size, code, scale, i > 0 ? 1 : 0);
      }
    });
    return total;
  }

  /** Clips the gradients and updates the weights; `step` counts from 0. */
  update(step: number): void {
    const { optimizer, clipNorm, clipValue } = this.#options;
    const { n } = this.#update;
    if (clipValue) this.#kernels.clamp(this.block, this.block, n, -clipValue, clipValue);
    if (clipNorm) {
      const norm = Math.sqrt(this.#kernels.sumOfSquares(this.block, n));
      if (norm > clipNorm) this.#kernels.scale(this.block, n, clipNorm / norm);
    }
    this.#update.rate = rateAt(optimizer.learningRate, step);
    this.#update.t = step + 1;
    optimizer[updateOf].update(this.#kernels, this.#update);
  }
}

/** Apart from the class, which would else name itself and could not be shaken out of a bundle. */
function trainerOf(engine: Engine, options: TrainerOptions, kernels: Kernels): Trainer {
  return new Trainer(engine, options, kernels);
}
