// The order of augmentations and corruptions in a training step: which buffers they read and write, and their random streams.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as randomStreams from '../../src/core/random-streams.ts';
import * as isthmus from '../../src/index.ts';
import { transformSteps } from '../../src/train/plan/transforms.ts';
import { Memory } from '../../src/wasm/memory.ts';

describe('the transforms of a batch', () => {
  const addresses = { input: 16, target: 32, corrupted: 48, workspace: 64 };
  const options = {
    inputShape: [8, 8, 1],
    random: { step: 0, seedLow: 1, seedHigh: 2 },
    batch: { fraction: 1, updateStatistics: true },
  };
  const augment = [isthmus.shift({ x: 1 }), isthmus.brightness({ delta: 0.1 })];
  const corruption = [isthmus.gaussianNoise({ stddev: 0.1 }), isthmus.maskingNoise({ rate: 0.1 })];
  const paths = (target: number): [type: string, x: number, y: number, stream: number][] =>
    transformSteps({ ...options, augment, corruption }, { ...addresses, target }, new Memory()).map(({ layer, call }) => [
      layer.type, call.x, call.y, call.random.stream,
    ]); // biome-ignore format: a row

  it('augment in place, corrupt a copy, and draw from one stream each', () => {
    assert.deepEqual(paths(0), [
      ['shift', 16, 16, randomStreams.augment],
      ['brightness', 16, 16, randomStreams.augment + 1],
      ['gaussianNoise', 16, 48, randomStreams.corruption],
      ['maskingNoise', 48, 48, randomStreams.corruption + 1],
    ]);
  });

  it('apply shifts to targets too, from the same stream', () => {
    assert.deepEqual(paths(32).slice(0, 3), [
      ['shift', 16, 16, randomStreams.augment],
      ['shift', 32, 32, randomStreams.augment],
      ['brightness', 16, 16, randomStreams.augment + 1],
    ]);
  });
});
