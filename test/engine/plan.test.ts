// The plan of a training step: which ops run, where they read and write, and that no buffer is overwritten while its contents
// are needed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Arena, newArena } from '../../src/engine/arena.ts';
import { buildNetwork, type Network } from '../../src/engine/graph.ts';
import type { JoinCall } from '../../src/engine/layer-call.ts';
import type { Layer } from '../../src/engine/layer-definition.ts';
import * as isthmus from '../../src/index.ts';
import { allocateBuffers, type TrainingBuffers } from '../../src/train/plan/buffers.ts';
import { planGradients } from '../../src/train/plan/gradients.ts';
import { planTraining } from '../../src/train/plan/plan.ts';
import { type TrainingSchedule, trainingSchedule } from '../../src/train/plan/schedule.ts';
import { Memory } from '../../src/wasm/memory.ts';
import { check } from './layer-check.ts';

const { activation, batchNormalization, dense, dropout, flatten, reshape, residual, skip } = isthmus;

const BATCH = 3;
const START = 1024;

/** An arena that gives addresses from `START` on, and the number of bytes that it gave. */
function countingArena(): { arena: Arena; total(): number } {
  let next = START;
  const arena = newArena((bytes) => {
    next += bytes;
    return next - bytes;
  });
  return { arena, total: () => next - START };
}

const networkOf = (encoder: readonly Layer[], spec: Partial<isthmus.AutoencoderSpec> = {}): Network =>
  buildNetwork({ input: [4], encoder, ...spec });

const scheduleOf = (network: Network, stochastic = true): TrainingSchedule =>
  trainingSchedule(network, network.nodes.length, stochastic);

const types = ({ ops }: TrainingSchedule): string[] => ops.map(({ node }) => node.layer.type);

const buffersOf = (schedule: TrainingSchedule): TrainingBuffers =>
  allocateBuffers(schedule, BATCH, countingArena().arena, 20, 4);

/** Networks of layers that keep the shape [4], with residual and skip connections in one another. */
const networks: fc.Arbitrary<Network> = fc
  .letrec<{ layers: Layer[]; layer: Layer }>((tie) => ({
    layers: fc.array(tie('layer'), { minLength: 1, maxLength: 3 }),
    layer: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<Layer>(
        dense({ units: 4 }),
        dropout({ rate: 0.1 }),
        flatten(),
        activation({ activation: 'tanh' }),
      ),
      tie('layers').map((layers) => residual({ layers })),
      // The skip doubles the number of values, the dense layer restores it.
      tie('layers').map((layers) => residual({ layers: [skip({ layers }), dense({ units: 4 })] })),
    ),
  }))
  .layers.map((layers) => networkOf([dense({ units: 4 }), ...layers, dense({ units: 2 })]));

/**
 * Runs the backward pass on sets of op numbers instead of numbers: a gradient buffer holds the ops that its sum has terms of.
 * Returns what each op's backward pass finds in the gradient of its output, with the addresses of all buffers.
 */
function simulateBackward(schedule: TrainingSchedule, buffers: TrainingBuffers): number[][] {
  const gradients = planGradients(schedule, buffers);
  const memory = new Map<number, number[]>();
  const found = schedule.ops.map((): number[] => []);
  memory.set(buffers.outputGradients[schedule.outputOp]!, []);
  for (let i = schedule.ops.length - 1; i >= schedule.frozenOps; i--) {
    found[i] = memory.get(buffers.outputGradients[i]!)!;
    const { inputGradient, skipInputGradient, accumulations } = gradients[i]!;
    const targets = [inputGradient, skipInputGradient].filter(Boolean);
    assert.equal(new Set(targets).size, targets.length, `op ${i} writes two gradients to one buffer`);
    assert.ok(!targets.includes(buffers.outputGradients[i]!), `op ${i} overwrites the gradient that it reads`);
    for (const target of targets) memory.set(target, [i]);
    for (const { to, from } of accumulations) memory.set(to, [...memory.get(to)!, ...memory.get(from)!]);
  }
  return found;
}

/** For each op, the ops that read its output, from the last one to the first, once for each input. */
const consumers = ({ ops, frozenOps }: TrainingSchedule): number[][] =>
  ops.map((_, producer) =>
    producer < frozenOps
      ? []
      : ops
          .flatMap(({ input, skipInput }, i) => [input, skipInput].filter((one) => one === producer).map(() => i))
          .reverse(),
  );

describe('the schedule of training', () => {
  it('leaves out reshapes, and leaves out noise and dropout if it is not stochastic', () => {
    const network = networkOf([
      reshape({ targetShape: [2, 2] }),
      flatten(),
      dropout({ rate: 0.5 }),
      dense({ units: 2 }),
    ]);
    assert.deepEqual(types(scheduleOf(network)), ['dropout', 'dense']);
    assert.deepEqual(types(scheduleOf(network, false)), ['dense']);
    assert.equal(scheduleOf(network).spareGradients, 0);
  });

  it('counts the ops of frozen layers, without their dropout', () => {
    const encoder = [dense({ units: 3 }), dropout({ rate: 0.5 }), batchNormalization()];
    const schedule = scheduleOf(
      networkOf(encoder, { head: [dropout({ rate: 0.5 }), dense({ units: 2 })], frozen: true }),
    );
    assert.deepEqual(types(schedule), ['dense', 'batchNormalization', 'dropout', 'dense']);
    assert.equal(schedule.frozenOps, 2);
    assert.equal(schedule.outputOp, 3);
  });

  it('refuses a network with nothing to train', () => {
    const expected = /"model" expected a layer with trainable weights, got none/;
    assert.throws(() => scheduleOf(networkOf([flatten()])), expected);
    assert.throws(() => scheduleOf(networkOf([dense({ units: 2 })], { head: [flatten()], frozen: true })), expected);
  });

  it('needs two spare gradient buffers where both inputs of an op have a later consumer', () => {
    const plain = scheduleOf(networkOf([residual({ layers: [dense({ units: 4 })] })]));
    assert.equal(plain.spareGradients, 1);
    // The inner skip concatenates its input with its input, which the outer skip reads too.
    const both = scheduleOf(networkOf([dense({ units: 4 }), skip({ layers: [skip({ layers: [flatten()] })] })]));
    assert.equal(both.spareGradients, 2);
  });
});

describe('the buffers of training', () => {
  it('are two alternating gradient buffers for a chain, and one for each op of a network with skips', () => {
    const chain = buffersOf(scheduleOf(networkOf([dense({ units: 9 }), dense({ units: 2 }), dense({ units: 3 })])));
    const [a, b] = chain.outputGradients as [number, number];
    assert.notEqual(a, b);
    assert.deepEqual(chain.outputGradients, [a, b, a]);
    assert.deepEqual(chain.spareGradients, []);
    const skips = buffersOf(scheduleOf(networkOf([dense({ units: 4 }), residual({ layers: [dense({ units: 4 })] })])));
    assert.equal(new Set(skips.outputGradients).size, 3);
    assert.equal(skips.spareGradients.length, 1);
  });

  it('never overlap, at multiples of 16 bytes', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const schedule = scheduleOf(network);
        const { arena, total } = countingArena();
        const buffers = allocateBuffers(schedule, BATCH, arena, 20, 4);
        const sizes = schedule.ops.map(({ node }) => node.outputSize * BATCH * 4);
        const widest = Math.max(...sizes);
        const ranges = new Map<number, number>();
        const add = (start: number, bytes: number): void => {
          if (bytes) ranges.set(start, Math.max(bytes, ranges.get(start) ?? 0));
        };
        for (const [i, start] of buffers.outputs.entries()) add(start, sizes[i]!);
        for (const [i, start] of buffers.outputGradients.entries())
          add(start, schedule.spareGradients ? sizes[i]! : widest);
        buffers.saved.forEach((start, i) => {
          const { definition, layer, inputShape } = schedule.ops[i]!.node;
          const values = definition.saved?.(layer, inputShape, BATCH) ?? 0;
          assert.equal(start === 0, values === 0);
          add(start, values * 4);
        });
        for (const start of buffers.spareGradients) add(start, widest);
        add(buffers.workspace, 20);
        add(buffers.corrupted, 4 * BATCH * 4);
        const sorted = [...ranges].sort(([a], [b]) => a - b);
        assert.ok(sorted[0]![0] >= START);
        sorted.forEach(([start, bytes], i) => {
          assert.equal(start % 16, 0);
          const next = sorted[i + 1]?.[0] ?? START + total();
          assert.ok(start + bytes <= next, `${start} + ${bytes} reaches beyond ${next}`);
        });
      }),
    );
  });

  it('save nothing for frozen layers', () => {
    const encoder = [dense({ units: 3, activation: 'gelu' })];
    const schedule = scheduleOf(networkOf(encoder, { head: [dense({ units: 2, activation: 'gelu' })], frozen: true }));
    const [frozen, trained] = buffersOf(schedule).saved;
    assert.equal(frozen, 0);
    assert.ok(trained! > 0);
  });
});

describe('the gradients of training', () => {
  it('of a chain are written for the preceding op, and not for the batch', () => {
    const schedule = scheduleOf(networkOf([dense({ units: 9 }), dense({ units: 2 }), dense({ units: 3 })]));
    const buffers = buffersOf(schedule);
    const plans = planGradients(schedule, buffers);
    const [a, b] = buffers.outputGradients;
    assert.deepEqual(
      plans.map(({ inputGradient }) => inputGradient),
      [0, a, b],
    );
    assert.ok(plans.every(({ skipInputGradient, accumulations }) => !skipInputGradient && accumulations.length === 0));
  });

  it('of a second consumer are written to the spare buffer, and added after its backward pass', () => {
    const schedule = scheduleOf(networkOf([dense({ units: 4 }), residual({ layers: [dense({ units: 4 })] })]));
    const buffers = buffersOf(schedule);
    const [first, inner, join] = planGradients(schedule, buffers);
    // The residual is the last op: it writes both gradients. The inner layer comes second.
    assert.deepEqual(join, {
      inputGradient: buffers.outputGradients[1], skipInputGradient: buffers.outputGradients[0], accumulations: [],
    }); // biome-ignore format: a row
    const [spare] = buffers.spareGradients;
    assert.equal(inner!.inputGradient, spare);
    assert.deepEqual(inner!.accumulations, [{ to: buffers.outputGradients[0], from: spare, size: 4 }]);
    assert.equal(first!.inputGradient, 0);
  });

  it('contain the term of each consumer once, in the order of the backward pass, when an op reads them', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const schedule = scheduleOf(network);
        assert.deepEqual(simulateBackward(schedule, buffersOf(schedule)), consumers(schedule));
      }),
      { numRuns: 300 },
    );
  });

  it('are those of float64 where both inputs of an op have a later consumer', () =>
    check([skip({ layers: [skip({ layers: [flatten()] })] })], [4], 3));

  it('stop at frozen ops', () => {
    const encoder = [dense({ units: 4 }), residual({ layers: [dense({ units: 4 })] })];
    const head = [residual({ layers: [dense({ units: 4 })] }), dense({ units: 2 })];
    const schedule = scheduleOf(networkOf(encoder, { head, frozen: true }));
    assert.equal(schedule.frozenOps, 3);
    const plans = planGradients(schedule, buffersOf(schedule));
    assert.ok(plans.slice(0, 4).every(({ inputGradient, skipInputGradient }) => !inputGradient && !skipInputGradient));
    assert.deepEqual(simulateBackward(schedule, buffersOf(schedule)), consumers(schedule));
  });
});

describe('the plan of training', () => {
  it('runs transforms and frozen layers forward only, and connects each op to its inputs', () => {
    const head = [residual({ layers: [dense({ units: 3 })] }), dense({ units: 2 })];
    const network = networkOf([dense({ units: 3 })], { head, frozen: true });
    const corruption = [isthmus.gaussianNoise({ stddev: 0.1 })];
    const { arena } = countingArena();
    const plan = planTraining(
      { network, inputShape: [4], batchSize: BATCH, seed: 1, corruption },
      { input: 16, target: 0, gradients: 512 },
      new Memory(),
      arena,
    );
    assert.deepEqual(
      [...plan.transforms, ...plan.frozen].map(({ layer }) => layer.type),
      ['gaussianNoise', 'dense'],
    );
    assert.deepEqual(
      plan.trained.map(({ layer }) => layer.type),
      ['dense', 'residual', 'dense'],
    );
    const [noise, frozen] = [...plan.transforms, ...plan.frozen].map(({ call }) => call);
    const [inner, join, last] = plan.trained.map(({ call }) => call as JoinCall);
    assert.equal(noise!.x, 16);
    assert.equal(frozen!.x, noise!.y);
    assert.deepEqual([frozen!.training, frozen!.dx, frozen!.gradients], [undefined, 0, [0, 0]]);
    assert.deepEqual([inner!.x, join!.x, join!.skipInput, last!.x], [frozen!.y, inner!.y, frozen!.y, join!.y]);
    assert.ok(inner!.gradients.every((address) => address >= 512));
    assert.equal(plan.output, plan.trained[2]);
  });
});
