// Weights of PyTorch, written by test/vectors/pytorch/make.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type AutoencoderSpec,
  activation,
  autoencoder,
  conv2d,
  dense,
  flatten,
  fromStateDict,
  gru,
  type Model,
  normalization,
  readSafetensors,
  reshape,
  residual,
  skip,
  toStateDict,
  writeSafetensors,
} from 'isthmus';
import { pytorchModels } from './pytorch-models.ts';

const read = (name: string) =>
  readSafetensors(readFileSync(new URL(`../vectors/pytorch/${name}.safetensors`, import.meta.url))).tensors;

function near(actual: Float32Array, expected: Float32Array, name: string): void {
  assert.equal(actual.length, expected.length, name);
  let worst = 0;
  expected.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(actual[i]! - value));
  });
  assert.ok(worst <= 1e-5, `${name}: ${worst}`);
}

/** A model with the weights of PyTorch, and its samples, codes and outputs there. */
async function load(name: string): Promise<{ model: Model; expected: ReturnType<typeof read> }> {
  const { spec, modules } = pytorchModels[name]!;
  const model = await autoencoder(spec, { seed: 3 });
  model.setWeights(fromStateDict(model, read(name), modules));
  return { model, expected: read(`${name}.expected`) };
}

describe('weights of PyTorch', () => {
  for (const name of Object.keys(pytorchModels))
    it(`of the model ${name} give its codes and outputs`, async (t) => {
      const { model, expected } = await load(name);
      const { x, code, output } = expected;
      assert.ok(
        output!.data.some((value) => Math.abs(value - output!.data[0]!) > 0.1),
        'outputs differ',
      );
      near(model.encode(x!.data), code!.data, 'code');
      near(model.reconstruct(x!.data), output!.data, 'output');
      t.diagnostic(`${model.parameterCount} parameters`);
    });

  it('return to PyTorch bit by bit', async () => {
    for (const [name, { modules }] of Object.entries(pytorchModels)) {
      const { model } = await load(name);
      const original = Object.entries(read(name)).filter(([tensor]) => !tensor.endsWith('num_batches_tracked'));
      const back = readSafetensors(writeSafetensors(toStateDict(model, modules))).tensors;
      assert.deepEqual(Object.keys(back).length, original.length);
      for (const [tensor, { shape, data }] of original) {
        const { [tensor]: found } = back;
        // The modules of the case `dense` are numbered without activations by default.
        if (modules) assert.deepEqual(found, { dtype: 'F32', shape, data }, `${name}: ${tensor}`);
      }
    }
  });

  it('return in the file that test/vectors/pytorch/check.py loads into PyTorch', async () => {
    const { model } = await load('picture');
    const { modules } = pytorchModels.picture!;
    const bytes = writeSafetensors(toStateDict(model, modules), { note: 'written by isthmus' });
    assert.ok(readFileSync(new URL('../vectors/pytorch/returned.safetensors', import.meta.url)).equals(bytes));
  });

  const fc = { weight: { shape: [3, 3], data: new Float32Array(9) }, bias: { shape: [3], data: new Float32Array(3) } };
  const tensors = { 'fc.weight': fc.weight, 'fc.bias': fc.bias };
  const small = () => autoencoder({ input: [3], encoder: [dense({ units: 3 })], decoder: [] });

  it('are read from the order of nn.Sequential without names, in the order of numbers', async () => {
    const encoder = Array.from({ length: 12 }, () => dense({ units: 1, useBias: false }));
    const model = await autoencoder({ input: [1], encoder, decoder: [dense({ units: 1, useBias: false })] });
    const names = [...encoder.map((_, i) => `encoder.${2 * i}`), 'decoder.0'].reverse();
    const list = names.map((name, i) => [`${name}.weight`, { shape: [1, 1], data: Float32Array.of(12 - i) }]);
    const weights = fromStateDict(model, Object.fromEntries(list));
    assert.deepEqual(Object.values(weights).map(({ data }) => data[0]), Array.from({ length: 13 }, (_, i) => i)); // biome-ignore format: one line
  });

  it('may be float64, and set only the layers that PyTorch has', async () => {
    const model = await autoencoder({ input: [3], encoder: [normalization(), dense({ units: 3 })], decoder: [] });
    const wide = {
      ...tensors,
      'fc.weight': { shape: [3, 3], data: Float64Array.from({ length: 9 }, (_, i) => i / 3) },
    };
    const weights = fromStateDict(model, wide, { 'encoder.1': 'fc' });
    assert.deepEqual(Object.keys(weights), ['encoder.1.kernel', 'encoder.1.bias']);
    assert.deepEqual(
      weights['encoder.1.kernel']!.data,
      Float32Array.from([0, 3, 6, 1, 4, 7, 2, 5, 8], (i) => i / 3),
    );
    model.setWeights(weights);
  });

  it('keep the order of features through layers without weights, and through a residual path', async () => {
    const layers = [
      flatten(),
      activation({ activation: 'relu' }),
      residual({ layers: [dense({ units: 8, useBias: false })] }),
      reshape({ targetShape: [2, 1, 4] }),
    ];
    const model = await autoencoder({ input: [2, 1, 4], encoder: layers, decoder: [] });
    // In the order of PyTorch, the kernel moves each feature to the next.
    const data = Float32Array.from({ length: 64 }, (_, i) => Number(Math.floor(i / 8) === ((i % 8) + 1) % 8));
    model.setWeights(fromStateDict(model, { 'fc.weight': { shape: [8, 8], data } }, { 'encoder.2.0': 'fc' }));
    const channelsLast = Float32Array.of(0, 2, 4, 6, 1, 3, 5, 7);
    const expected = [0, 2, 4, 6, 1, 3, 5, 7].map((feature) => feature + ((feature + 7) % 8));
    assert.deepEqual([...model.encode(channelsLast)], expected);
  });

  it('are refused with the name of the wrong tensor or layer', async () => {
    const model = await small();
    const names = { 'encoder.0': 'fc' };
    const cases: [unknown, unknown, RegExp][] = [
      [null, names, /^TypeError: "tensors" expected an object of tensors, got null/],
      [tensors, 'fc', /^TypeError: "modules" expected an object such as .*, got "fc"/],
      [tensors, undefined, /^RangeError: "modules" expected the name of a module for each of encoder\.0, got tensors such as fc\.weight, fc\.bias/],
      [{}, undefined, /^RangeError: "modules" expected/],
      [tensors, {}, /^RangeError: "modules" expected a module for each of encoder\.0, got \[\]/],
      [tensors, { ...names, 'decoder.0': 'fc' }, /^RangeError: "modules" expected a module for each of encoder\.0, got \["encoder\.0", "decoder\.0"\]/],
      [tensors, { 'encoder.0': 5 }, /^TypeError: "modules\["encoder\.0"\]" expected the name of a module, got \[5\]/],
      [tensors, { 'encoder.0': ['a', 'b'] }, /^TypeError: "modules\["encoder\.0"\]" expected the name of a module/],
      [{ 'fc.weight': fc.weight }, names, /^RangeError: "fc\.bias" expected a tensor of shape \[3\], got none/],
      [{ ...tensors, 'fc.weight': null }, names, /^RangeError: "fc\.weight" expected a tensor of shape \[3, 3\], got undefined/],
      [{ ...tensors, 'fc.weight': { ...fc.weight, shape: [9] } }, names, /^RangeError: "fc\.weight" expected a tensor of shape \[3, 3\], got \[9\]/],
      [{ ...tensors, 'fc.weight': { shape: [3, 3], data: new Float32Array(7) } }, names, /^RangeError: "fc\.weight" expected 9 values, got Float32Array\(7\)/],
      [{ ...tensors, 'fc.weight': { shape: [3, 3], data: new BigInt64Array(9) } }, names, /^TypeError: "fc\.weight" expected a Float32Array, got BigInt64Array\(9\)/],
      [{ ...tensors, 'fc.weight_v': fc.weight }, names, /^RangeError: "tensors" expected only tensors that encoder\.0 has, got "fc\.weight_v"/],
    ]; // biome-ignore format: a table
    for (const [state, modules, message] of cases)
      assert.throws(
        () => fromStateDict(model, state as never, modules as never),
        (error) => message.test(String(error)) || assert.fail(String(error)),
      );
    assert.throws(() => toStateDict(model, { 'encoder.1': 'fc' }), /^RangeError: "modules"/);
    assert.throws(() => toStateDict({} as never), /^TypeError: "model"/);
  });

  it('are refused for layers that no weights make equal to PyTorch', async () => {
    const squeeze = conv2d({ filters: 2, kernelSize: 1 });
    const cases: [Pick<AutoencoderSpec, 'input' | 'encoder'>, RegExp][] = [
      [{ input: [5, 2], encoder: [gru({ units: 2, resetAfter: false })] }, /"encoder\.0\.kernel" expected a gru with resetAfter/],
      [{ input: [4, 2, 3], encoder: [squeeze, reshape({ targetShape: [2, 2, 4] }), squeeze] }, /"encoder\.1" expected a target shape with as many channels/],
      [{ input: [2, 2, 4], encoder: [flatten(), reshape({ targetShape: [4, 2, 2] }), squeeze] }, /"encoder\.0" expected a dense layer between it and the next reshape/],
      [{ input: [4, 4, 1], encoder: [flatten(), reshape({ targetShape: [2, 2, 4] }), squeeze] }, /"encoder\.0" expected a dense layer/],
      [{ input: [2, 2, 4], encoder: [flatten(), skip({ layers: [dense({ units: 3 })] })] }, /"encoder\.1" expected no flattened features/],
    ]; // biome-ignore format: a table
    for (const [spec, message] of cases) {
      const widen = dense({ units: spec.input.reduce((size, length) => size * length) });
      const decoder = [flatten(), widen, reshape({ targetShape: spec.input })];
      const model = await autoencoder({ ...spec, decoder });
      assert.throws(() => toStateDict(model), message);
    }
    const same = [flatten(), reshape({ targetShape: [2, 2, 4] }), squeeze];
    toStateDict(
      await autoencoder({ input: [2, 2, 4], encoder: same, decoder: [conv2d({ filters: 4, kernelSize: 1 })] }),
    );
  });
});
