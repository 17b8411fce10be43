import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allClose, close, differences, wave } from './check.ts';
import {
  adam, adamw, clipByGlobalNorm, clipByValue, momentum, optimizers, penalty, penaltyGradient, rmsprop, type Slots,
  type Update,
} from './optimizers.ts'; // biome-ignore format: a list

/** Two steps at rate 0.1 from 1 and -2, with gradients 0.5, -4 and then -0.25, 1. */
function twoSteps(update: Update): Float64Array {
  const w = Float64Array.of(1, -2);
  const slots: Slots = {};
  update(w, [0.5, -4], slots, 1, 0.1);
  update(w, [-0.25, 1], slots, 2, 0.1);
  return w;
}

// Computed with 40 digits from the formulas in the documentation of Keras 3.
const after: Record<string, [number, number]> = {
  sgd: [0.975, -1.7],
  momentum: [0.93, -1.34],
  nesterov: [0.912, -1.106],
  rmsprop: [0.8312145661715695, -1.764354537651509],
  adam: [0.8733670792079217, -1.8530532979595835],
  adamw: [0.8726072389549411, -1.8514936179279609],
};

describe('optimizers in float64', () => {
  it('the table of results has each optimizer', () =>
    assert.deepEqual(Object.keys(optimizers).sort(), Object.keys(after).sort()));

  for (const [name, expected] of Object.entries(after)) {
    it(`two steps of ${name} give the results of the formula`, () => {
      allClose(twoSteps(optimizers[name]!), expected, 1e-14, 0, name);
    });
  }

  it('options change the formula', () => {
    allClose(twoSteps(momentum({ momentum: 0.5 })), [0.95, -1.5], 1e-14, 0, 'momentum');
    const [r, a] = [[0.9415322890826789, -1.9057551102672865], [0.8667591303380131, -1.8193891375525546]]; // biome-ignore format: a row
    allClose(twoSteps(rmsprop({ rho: 0.5, epsilon: 0.01 })), r!, 1e-14, 0, 'rmsprop');
    const options = { beta1: 0.8, beta2: 0.9, epsilon: 0.01 };
    allClose(twoSteps(adamw({ ...options, weightDecay: 0.1 })), a!, 1e-14, 0, 'adamw');
    assert.deepEqual(twoSteps(adam(options)), twoSteps(adamw({ ...options, weightDecay: 0 })));
  });

  it('gradients are scaled to the maximum of their global norm, and unchanged below it', () => {
    const g = [Float64Array.of(3, 0), Float64Array.of(-4)];
    assert.equal(clipByGlobalNorm(g, 6), 5);
    assert.deepEqual(g, [Float64Array.of(3, 0), Float64Array.of(-4)]);
    assert.equal(clipByGlobalNorm(g, 2), 5);
    allClose([...g[0]!, ...g[1]!], [1.2, 0, -1.6], 1e-15, 0, 'clipped');
  });

  it('values are clipped to their bound', () => {
    const g = [Float64Array.of(3, -0.5), Float64Array.of(-4, 1)];
    clipByValue(g, 1);
    assert.deepEqual(g, [Float64Array.of(1, -0.5), Float64Array.of(-1, 1)]);
  });

  it('a penalty equals the one computed by hand, and its gradient is the central difference, and 0 at 0', () => {
    assert.equal(penalty([1, -2, 0, 0.5], 0.5, 2), 0.5 * 3.5 + 2 * 5.25);
    const w = wave(20);
    const slopes = differences(() => penalty(w, 0.3, 0.7), w);
    allClose(penaltyGradient(w, 0.3, 0.7), slopes, 1e-6, 1e-8, 'gradient');
    close(penaltyGradient([0], 0.3, 0.7)[0]!, 0, 0, 0, 'at 0');
  });
});
