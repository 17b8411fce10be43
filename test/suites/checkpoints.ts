import { equal, fails, type Suite, sameBits } from './assert.ts';

import { buildRegularizedModel as build, codeOf, x } from './small-model.ts';

export const checkpoints: Suite = {
  async 'a run resumed from a checkpoint gives the results of an uninterrupted run'(isthmus) {
    const { fit, saveCheckpoint, loadCheckpoint, saveModel } = isthmus;
    for (const make of [isthmus.adam, isthmus.momentum, isthmus.rmsprop, isthmus.sgd, isthmus.adamw]) {
      const optimizer = make();
      const options = {
        deterministic: true,
        optimizer,
        validationData: x,
        earlyStopping: { patience: 9, monitor: 'loss' as const },
      };
      const uninterrupted = await build(isthmus);
      const expected = await fit(uninterrupted, x, { ...options, epochs: 5 });
      const m = await build(isthmus);
      const first = await fit(m, x, { ...options, epochs: 2 });
      const { model: back, history } = await loadCheckpoint(saveCheckpoint(m, first));
      equal(history, first);
      const second = await fit(back, x, { ...options, epochs: 5, resume: history });
      equal(
        [second.loss, second.valLoss, second.step, second.bestEpoch],
        [expected.loss, expected.valLoss, expected.step, expected.bestEpoch],
        optimizer.type,
      );
      sameBits(saveModel(back), saveModel(uninterrupted), optimizer.type);
      saveCheckpoint(back);
      sameBits(back.encode(x), uninterrupted.encode(x), 'saveCheckpoint leaves the model unchanged');
    }
  },

  async 'a checkpoint stores the best weights of early stopping'(isthmus) {
    const { fit, saveCheckpoint, loadCheckpoint, saveModel, sgd } = isthmus;
    const options = {
      deterministic: true,
      optimizer: sgd(20),
      epochs: 30,
      validationData: x,
      earlyStopping: { patience: 4, restoreBest: true },
    };
    const uninterrupted = await build(isthmus);
    await fit(uninterrupted, x, options);
    const m = await build(isthmus);
    const controller = new AbortController();
    const onEpochEnd = (epoch: number) => epoch === 2 && controller.abort();
    await fails(() => fit(m, x, { ...options, signal: controller.signal, onEpochEnd }), 'AbortError', /abort/i);
    const { model: back, history } = await loadCheckpoint(saveCheckpoint(m));
    await fit(back, x, { ...options, resume: history });
    sameBits(saveModel(back), saveModel(uninterrupted));
  },

  async 'saveCheckpoint, loadModel and fit refuse wrong checkpoints, histories and options'(isthmus) {
    const { fit, saveCheckpoint, loadCheckpoint, loadModel, sgd } = isthmus;
    const m = await build(isthmus);
    await fails(() => saveCheckpoint(m), 'RangeError', /"model" expected one that fit has trained/);
    const history = await fit(m, x, { epochs: 1 });
    const bytes = saveCheckpoint(m, history);
    await fails(
      () => saveCheckpoint(m, { ...history }),
      'RangeError',
      /"history" expected that of the model's last training/,
    );
    equal(
      codeOf(
        await fails(
          () => loadModel(bytes),
          'FormatError',
          /"format" expected isthmus in the metadata, got isthmus-checkpoint/,
        ),
      ),
      'model',
    );
    const back = await loadCheckpoint(bytes);
    const go = (options: object) => () => fit(back.model, x, { epochs: 2, resume: back.history, ...options });
    await fails(go({ optimizer: sgd() }), 'RangeError', /"optimizer" expected adam, as before the break, got "sgd"/);
    await fails(go({ seed: 3 }), 'RangeError', /"seed" expected 1099511627781, as before/);
    await fails(() => fit(m, x, { resume: back.history }), 'RangeError', /"resume" expected the history of this model/);
    equal((await go({})()).epoch, 2);
  },
};
