import { close, equal, fails, type Isthmus, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

/** Results of training by each kind of option: optimizers, losses, penalties, clipping, schedules. */
export const training: Suite = {
  async 'every optimizer learns'(isthmus) {
    const { fit, evaluate, sgd, momentum, rmsprop, adam, adamw } = isthmus;
    const makers = {
      sgd: sgd(20),
      momentum: momentum({ learningRate: 2, nesterov: true }),
      rmsprop: rmsprop(0.01),
      adam: adam(0.01),
      adamw: adamw(0.01),
    };
    for (const [name, optimizer] of Object.entries(makers)) {
      const m = await buildModel(isthmus);
      const before = evaluate(m, x).meanSquaredError;
      const history = await fit(m, x, { epochs: 20, optimizer });
      const after = evaluate(m, x).meanSquaredError;
      ok(after < before / 2, `${name}: from ${before} to ${after}`);
      equal(history.loss.length, 20);
      ok(history.loss[19]! < history.loss[0]!, `${name}: the loss falls`);
    }
  },

  async 'every loss falls in training, and so does a weighted sum of losses'(isthmus) {
    const { fit, evaluate } = isthmus;
    for (const loss of [
      'meanSquaredError',
      'meanAbsoluteError',
      'huber',
      'binaryCrossentropy',
      { meanSquaredError: 1, meanAbsoluteError: 0.1 },
    ] as const) {
      const m = await buildModel(isthmus);
      const before = evaluate(m, x, { loss }).loss;
      const history = await fit(m, x, { epochs: 15, loss, validationData: x });
      const after = evaluate(m, x, { loss }).loss;
      equal(evaluate(m, x).loss, after, 'the loss of the last fit is the default');
      ok(after < before, `${JSON.stringify(loss)}: from ${before} to ${after}`);
      close([history.valLoss[14]!], [after], 1e-9, 'validation is what evaluate says');
    }
  },

  async 'the same seed gives the same file twice, another seed another file'(isthmus) {
    const { fit, saveModel, gaussianNoise, dropout, dense, autoencoder } = isthmus;
    const once = async (seed: number) => {
      const spec = {
        input: [size],
        encoder: [dense({ units: 8, activation: 'gelu' }), dropout({ rate: 0.2 })],
        decoder: [dense({ units: size, activation: 'sigmoid' })],
      } as const;
      const m = await autoencoder(spec, { seed });
      await fit(m, x, { ...deterministicOptions, epochs: 2, corruption: gaussianNoise({ stddev: 0.1 }) });
      return saveModel(m);
    };
    const a = await once(7);
    sameBits(await once(7), a, 'bytes');
    ok(
      (await once(8)).some((byte, i) => byte !== a[i]),
      'another seed',
    );
  },

  async 'early stopping stops and restores the best weights'(isthmus) {
    const { fit, evaluate, sgd } = isthmus;
    const m = await buildModel(isthmus);
    // The learning rate is so high that the loss rises and an early epoch is the best.
    const history = await fit(m, x, {
      epochs: 50,
      optimizer: sgd(60),
      validationData: x,
      earlyStopping: { patience: 3, restoreBest: true },
    });
    ok(history.stoppedEarly && history.epoch < 50, `stopped at ${history.epoch}`);
    equal(history.epoch - 1 - history.bestEpoch, 3, 'epochs after the best');
    const best = Math.min(...history.valLoss);
    equal(history.valLoss.indexOf(best), history.bestEpoch);
    close([evaluate(m, x).loss], [best], 1e-9, 'restored');
  },

  async 'bytes train like the floats of their values / 255'(isthmus) {
    const { fit } = isthmus;
    const bytes = Uint8Array.from(x, (v) => Math.round(v * 255));
    const [a, b] = [await buildModel(isthmus), await buildModel(isthmus)];
    await fit(a, bytes, { ...deterministicOptions, epochs: 2 });
    await fit(
      b,
      Float32Array.from(bytes, (v) => v / 255),
      { ...deterministicOptions, epochs: 2 },
    );
    sameBits(weightsOf(a), weightsOf(b));
  },

  async 'fit with targets learns the targets, not the input'(isthmus) {
    const { fit, evaluate } = isthmus;
    const targets = x.map((v) => 1 - v);
    const m = await buildModel(isthmus);
    await fit(m, x, { epochs: 60, targets, validationData: x, validationTargets: targets });
    ok(evaluate(m, x, { targets }).loss < evaluate(m, x).loss / 3, 'closer to the targets than to the input');
    await fails(
      () => fit(m, x, { targets: targets.subarray(size) }),
      'RangeError',
      /"targets" expected 200 samples.*got 199/,
    );
  },

  async 'l1 and l2 penalties shrink weights, and are part of the loss'({ autoencoder, dense, fit, evaluate }) {
    const norm = async (l1: number, l2: number): Promise<[number, number]> => {
      const m = await autoencoder(
        { input: [size], encoder: [dense({ units: 8, l1, l2 })], decoder: [dense({ units: size })] },
        { seed: 1 },
      );
      await fit(m, x, { epochs: 10 });
      const e = evaluate(m, x);
      const kernel = m.weights['encoder.0.kernel']!.data;
      const penalty = kernel.reduce((sum, v) => sum + l1 * Math.abs(v) + l2 * v * v, 0);
      close([e.loss - e.meanSquaredError], [penalty], 1e-5, 'penalty');
      return [kernel.reduce((sum, v) => sum + Math.abs(v), 0), kernel.reduce((sum, v) => sum + v * v, 0)];
    };
    const [free, l1, l2] = [await norm(0, 0), await norm(0.01, 0), await norm(0, 0.01)];
    ok(l1[0] < free[0] && l2[1] < free[1], `${free} ${l1} ${l2}`);
  },

  async 'clipNorm and clipValue bound the step of the optimizer'(isthmus) {
    const { fit, sgd } = isthmus;
    for (const [option, bound] of [
      [{ clipNorm: 1e-3 }, 1e-3],
      [{ clipValue: 1e-4 }, 1e-4],
    ] as const) {
      const m = await buildModel(isthmus);
      const before = weightsOf(m);
      await fit(m, x, { ...option, batchSize: 200, optimizer: sgd(1) });
      const moves = weightsOf(m).map((v, i) => Math.abs(v - before[i]!));
      const size = 'clipNorm' in option ? Math.hypot(...moves) : Math.max(...moves);
      ok(size <= bound * 1.01 && size > bound * 0.9, `${JSON.stringify(option)}: step of ${size}`);
    }
  },

  async 'learning rate schedules follow their formulas'({ cosine, exponentialDecay, warmup, ...isthmus }) {
    const rates = async (learningRate: object, epochs: number): Promise<number[]> => {
      const m = await buildModel({ cosine, exponentialDecay, warmup, ...isthmus } as Isthmus);
      const optimizer = isthmus.sgd({ learningRate: learningRate as never });
      return (await isthmus.fit(m, x, { epochs, optimizer, batchSize: 200 })).learningRate;
    };
    const steps = [...Array(12).keys()];
    close(
      await rates(cosine({ learningRate: 0.1, decaySteps: 10, alpha: 0.1 }), 12),
      steps.map((t) => 0.1 * (0.1 + 0.45 * (1 + Math.cos((Math.PI * Math.min(t, 10)) / 10)))),
      1e-12,
    );
    close(
      await rates(exponentialDecay({ learningRate: 0.1, decaySteps: 4, decayRate: 0.5 }), 12),
      steps.map((t) => 0.1 * 0.5 ** (t / 4)),
      1e-12,
    );
    close(
      await rates(exponentialDecay({ learningRate: 0.1, decaySteps: 4, decayRate: 0.5, staircase: true }), 12),
      steps.map((t) => 0.1 * 0.5 ** Math.floor(t / 4)),
      1e-12,
    );
    close(
      await rates(warmup({ steps: 5, learningRate: 0.1 }), 12),
      steps.map((t) => (t < 5 ? (0.1 * (t + 1)) / 5 : 0.1)),
      1e-12,
    );
  },
};
