// The gradient of a relu between two convolutions, which the second one applies: src/train/plan/relu-gradients.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newArena } from '../../src/engine/arena.ts';
import { buildNetwork } from '../../src/engine/graph.ts';
import type { ActivationCall } from '../../src/engine/layer-call.ts';
import type { Layer } from '../../src/engine/layer-definition.ts';
import * as isthmus from '../../src/index.ts';
import { planTraining, type TrainingPlan } from '../../src/train/plan/plan.ts';
import { Memory } from '../../src/wasm/memory.ts';

const { activation, autoencoder, conv2d, conv2dTranspose, dense, fit, flatten, residual } = isthmus;

const SIDE = 9;
const same = { kernelSize: 3, padding: 'same' } as const;

/** The plan of a training step of an encoder of images. */
function planOf(encoder: readonly Layer[]): TrainingPlan {
  let next = 1024;
  const arena = newArena((bytes) => {
    next += bytes;
    return next - bytes;
  });
  const network = buildNetwork({ input: [SIDE, SIDE, 2], encoder });
  const options = { network, inputShape: [SIDE, SIDE, 2], batchSize: 3, seed: 1 };
  return planTraining(options, { input: 1024, target: 0, gradients: 2048 }, new Memory(), arena);
}

/** For each trained step: whether its relu is left to the next step, and whether it applies that of the step before it. */
const fusedSteps = (encoder: readonly Layer[]): string[] =>
  planOf(encoder).trained.map(({ call }) => {
    const { activationBackwardDone: left = false, reluInput: applied = false } = call as ActivationCall;
    return `${left} ${applied}`;
  });

/** Weights after some steps of strict training; the decoder has an output of the input's shape. */
async function trainedWeights(encoder: readonly Layer[], decoder: readonly Layer[]): Promise<Float32Array[]> {
  const model = await autoencoder({ input: [SIDE, SIDE, 2], encoder, decoder }, { seed: 4 });
  const x = Float32Array.from({ length: 11 * SIDE * SIDE * 2 }, (_, i) => Math.sin(i * i));
  await fit(model, x, { epochs: 3, batchSize: 4, deterministic: true });
  return Object.values(model.weights).map(({ data }) => data);
}

describe('the gradient of a relu between two convolutions', () => {
  it('is left to the second one in a chain of convolutions', () => {
    const relu = conv2d({ ...same, filters: 3, activation: 'relu' });
    assert.deepEqual(fusedSteps([relu, relu, conv2d({ ...same, filters: 2 })]), [
      'true false',
      'true true',
      'false true',
    ]);
  });

  it('is not left to another layer, nor where the output has two consumers or another activation', () => {
    const relu = conv2d({ ...same, filters: 2, activation: 'relu' });
    const none = ['false false', 'false false'];
    assert.deepEqual(fusedSteps([relu, dense({ units: 2 })]), none);
    assert.deepEqual(
      fusedSteps([conv2d({ ...same, filters: 2, activation: 'elu' }), conv2d({ ...same, filters: 2 })]),
      none,
    );
    assert.ok(fusedSteps([relu, residual({ layers: [relu] })]).every((step) => step === 'false false'));
    assert.deepEqual(fusedSteps([relu, flatten(), dense({ units: 4 })]), none);
  });

  for (const [name, between] of [
    ['9 channels', 9],
    ['one channel', 1],
    ['8 channels', 8],
  ] as const)
    it(`gives the bits of a separate layer of relu: ${name}`, async () => {
      const layers = (fused: boolean): [Layer[], Layer[]] => {
        const relu = (layer: typeof conv2d, filters: number): Layer[] =>
          fused
            ? [layer({ ...same, filters, activation: 'relu' })]
            : [layer({ ...same, filters }), activation({ activation: 'relu' })];
        return [
          [...relu(conv2d, between), ...relu(conv2dTranspose, 3)],
          [...relu(conv2dTranspose, between), conv2d({ ...same, filters: 2 })],
        ];
      };
      const [encoder, decoder] = layers(true);
      const weights = await trainedWeights(encoder, decoder);
      assert.deepEqual(weights, await trainedWeights(...layers(false)));
      assert.ok(weights.every((values) => values.every(Number.isFinite) && values.some((value) => value !== 0)));
    });
});
