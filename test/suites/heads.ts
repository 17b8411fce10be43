import { equal, fails, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, x } from './small-model.ts';

const classes = 3;
/** Three classes that the sample's first value tells apart. */
const labels = Uint8Array.from({ length: 200 }, (_, i) => {
  const v = x[i * size]!;
  return v < 0.4 ? 0 : v < 0.6 ? 1 : 2;
});

/** Parts of a model kept alone, and heads for labels. */
export const heads: Suite = {
  async 'a saved encoder encodes like its model, and refuses to decode, reconstruct and train'(isthmus) {
    const { saveModel, loadModel, fit } = isthmus;
    const m = await buildModel(isthmus);
    const all = saveModel(m);
    const bytes = saveModel(m, { part: 'encoder' });
    ok(bytes.length < 0.65 * all.length, `${bytes.length} of ${all.length} bytes`);
    const encoder = await loadModel(bytes);
    sameBits(encoder.encode(x), m.encode(x));
    sameBits(saveModel(encoder), bytes, 'saved again');
    equal([encoder.latentShape, encoder.outputShape], [[8], [8]]);
    const code = encoder.encode(x);
    await fails(() => encoder.decode(code), 'RangeError', /"model" expected one with a decoder/);
    await fails(() => encoder.reconstruct(x), 'RangeError', /"model" expected one with a decoder/);
    await fails(() => fit(encoder, x), 'RangeError', /"model" expected one with a decoder or a head/);
    await fails(() => saveModel(m, { part: 'decoder' as never }), 'RangeError', /"part" expected one of all, encoder/);
  },

  async 'a head learns labels, is saved, and is resumed from a checkpoint'(isthmus) {
    const { addHead, classify, dense, evaluate, fit, loadModel, saveCheckpoint, loadCheckpoint, saveModel } = isthmus;
    const spec = {
      input: [size],
      encoder: [dense({ units: 8, activation: 'tanh' })],
      decoder: [dense({ units: size, activation: 'sigmoid' })],
    } as const;
    const pretrained = await isthmus.autoencoder(spec, { seed: 1 });
    await fit(pretrained, x, { ...deterministicOptions, epochs: 20 });
    const encoder = await loadModel(saveModel(pretrained, { part: 'encoder' }));
    const make = () => addHead(encoder, [dense({ units: classes, activation: 'softmax' })], { seed: 1 });
    const options = {
      ...deterministicOptions,
      labels,
      validationData: x,
      validationLabels: labels,
      optimizer: isthmus.adam(0.02),
    };
    const m = await make();
    equal([m.outputShape, m.predict(x).length], [[classes], 200 * classes]);
    const history = await fit(m, x, { ...options, epochs: 30 });
    const { loss, accuracy } = evaluate(m, x, { labels });
    ok(accuracy! > 0.95, `accuracy ${accuracy}`);
    ok(Math.abs(loss - history.valLoss[29]!) < 1e-9, `${loss} and ${history.valLoss[29]}`);
    const share = classify(m, x).filter((label, i) => label === labels[i]).length / 200;
    equal(share, accuracy);
    const again = await make();
    const half = await fit(again, x, { ...options, epochs: 15 });
    const back = await loadCheckpoint(saveCheckpoint(again, half));
    await fit(back.model, x, { ...options, epochs: 30, resume: back.history });
    sameBits(saveModel(back.model), saveModel(m));
    sameBits((await loadModel(saveModel(m))).predict(x), m.predict(x));
  },

  async 'invalid labels and heads are refused'(isthmus) {
    const { addHead, dense, evaluate, fit } = isthmus;
    const pretrained = await buildModel(isthmus);
    const m = await addHead(pretrained, [dense({ units: classes, activation: 'softmax' })]);
    const go = (options: object) => () => fit(m, x, options);
    await fails(go({}), 'TypeError', /"labels" expected the class of each sample/);
    await fails(
      () => isthmus.classify(pretrained, x),
      'RangeError',
      /"model" expected one with a head \(see addHead\), got one without/,
    );
    await fails(() => isthmus.classify({} as never, x), 'TypeError', /"model" expected a model made by addHead/);
    await fails(go({ labels: 5 }), 'TypeError', /"labels" expected a list of integers, got 5/);
    await fails(go({ labels: labels.subarray(1) }), 'RangeError', /"labels" expected 200 labels.*got 199/);
    await fails(go({ labels: Array(200).fill(3) }), 'RangeError', /"labels\[0\]" expected integer 0\.\.2, got 3/);
    await fails(go({ labels: Array(200).fill(0.5) }), 'RangeError', /"labels\[0\]" expected integer/);
    await fails(go({ labels, targets: x }), 'RangeError', /"labels" expected no targets, got both/);
    await fails(go({ labels, validationLabels: labels }), 'RangeError', /"validationLabels" expected validationData/);
    await fails(go({ labels, validationData: x }), 'TypeError', /"validationLabels" expected the class/);
    await fails(() => fit(m, async function* () {}, { labels }), 'RangeError', /"labels" expected no labels/);
    await fails(() => fit(pretrained, x, { labels }), 'RangeError', /"labels" expected a model with a head/);
    const both = { ...pretrained.spec, head: [dense({ units: 2 })] };
    await fails(() => isthmus.autoencoder(both), 'RangeError', /"head" expected no decoder/);
    await fails(() => evaluate(m, x), 'TypeError', /"labels" expected the class/);
    await fails(() => m.reconstruct(x), 'RangeError', /one with a decoder/);
    await fails(() => addHead(m, []), 'RangeError', /"head" expected at least one layer/);
    await fails(() => addHead(m, 5 as never), 'TypeError', /"head" expected an array of layers/);
    await fails(() => addHead({} as never, []), 'TypeError', /a model made by autoencoder/);
    await fails(
      () => addHead(m, [dense({ units: 2 })], { freeze: 1 as never }),
      'TypeError',
      /"freeze" expected a bool/,
    );
  },
};
