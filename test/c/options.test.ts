// Options and errors of toC, and the text of its files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toC } from '../../src/c/index.ts';
import { constantText, floatText, listText } from '../../src/c/literals.ts';
import * as isthmus from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { assertAbsent } from '../absent.ts';
import { needing } from '../runtimes/harness.ts';
import { fails, sameBits } from '../suites/assert.ts';
import { lackingCompiler, macro, runC, strict } from './compile.ts';
import { caseOf, samples } from './models.ts';

const { autoencoder, dense } = isthmus;
const spec = { input: [6], encoder: [dense({ units: 3 })], decoder: [dense({ units: 6 })] };
const model = await autoencoder(spec, { seed: 1 });

describe('the options of toC', () => {
  it('choose the functions and the macros of sizes', () => {
    const declared = (part?: 'encoder' | 'decoder' | 'whole') => {
      const text = toC(model, part && { part });
      return [...text.matchAll(/^void model_(\w+)\(.*;$|^#define MODEL_(\w+_SIZE)/gm)].map(([, a, b]) => a ?? b);
    };
    const all = ['INPUT_SIZE', 'CODE_SIZE', 'OUTPUT_SIZE', 'WORKSPACE_SIZE', 'encode', 'decode', 'reconstruct'];
    assert.deepEqual(declared(), all);
    assert.deepEqual(declared('whole'), all);
    assert.deepEqual(declared('encoder'), ['INPUT_SIZE', 'CODE_SIZE', 'WORKSPACE_SIZE', 'encode']);
    assert.deepEqual(declared('decoder'), ['CODE_SIZE', 'OUTPUT_SIZE', 'WORKSPACE_SIZE', 'decode']);
  });

  it('take identifiers of C as name', () => {
    for (const name of ['a', 'Sensor', 'sensor_2', 'x9', 'a'.repeat(40)])
      assert.match(toC(model, { name }), new RegExp(`\\nvoid ${name}_encode\\(`));
  });

  it('refuse other names', async () => {
    const expected =
      /^"name" expected a C identifier of at most 40 characters, no keyword, without .* underscores, got /;
    const names = ['', ' ', '1a', 'a b', 'a-b', '_a', 'a_', 'a__b', 'é', 'a\n', 'a/*', 'a'.repeat(41), 'int', 'while'];
    for (const name of [...names, 'class', 'constexpr', `${'a_'.repeat(1e5)}!`])
      await fails(() => toC(model, { name }), 'RangeError', expected);
    for (const name of [1, null, ['a'], {}])
      await fails(() => toC(model, { name: name as never }), 'TypeError', expected);
  });

  it('refuse another part, another option and another value', async () => {
    await fails(() => toC(model, { part: 'head' as never }), 'RangeError', /^"part" expected one of encoder, decoder, whole, got "head"$/); // biome-ignore format: message
    await fails(() => toC(model, { prefix: 'a' } as never), 'TypeError', /^"options" expected no other options than part, name, dtype, got "prefix"$/); // biome-ignore format: message
    await fails(() => toC(model, { dtype: 'int4' as never }), 'RangeError', /^"dtype" expected one of float32, float16, int8, got "int4"$/); // biome-ignore format: message
    await fails(() => toC(model, 3 as never), 'TypeError', /^"options" expected an object, got 3$/);
    await fails(() => toC({} as never), 'TypeError', /^"model" expected a model made by autoencoder\(\)/);
  });

  it('refuse the decoder of a model without one', async () => {
    const head = await isthmus.addHead(model, [dense({ units: 2 })], { seed: 1 });
    const encoder = await isthmus.loadModel(isthmus.saveModel(model, { part: 'encoder' }));
    for (const other of [head, encoder])
      await fails(() => toC(other, { part: 'decoder' }), 'RangeError', /^"model" expected one with a decoder, got one without$/); // biome-ignore format: message
  });
});

describe('toC', () => {
  it('refuses weights that are not finite, which an aborted training can leave', async () => {
    const broken = await autoencoder(spec, { seed: 1 });
    const { memory, network } = broken[engineSymbol];
    memory.floats[(memory.parameters + network.weights[2]!.offset) / 4 + 4] = Number.NaN;
    await fails(() => toC(broken), 'RangeError', /^"weights\["decoder\.0\.kernel"\]\.data\[4\]" expected a finite number, got NaN$/); // biome-ignore format: message
  });

  it('refuses a layer with more than 2^24 values and a model with more than 2^24 weights', async () => {
    const { maxPooling2d, upSampling2d } = isthmus;
    const wide = { input: [2, 2, 1], encoder: [upSampling2d({ size: 2049 }), maxPooling2d({ poolSize: 2049 })], decoder: [dense({ units: 1 })] }; // biome-ignore format: spec
    const large = { input: [2], encoder: [dense({ units: 2 ** 23 })], decoder: [dense({ units: 2 })] };
    await fails(async () => toC(await autoencoder(wide)), 'RangeError', /^"encoder\.0" expected at most 16777216 values for each sample, got 16793604$/); // biome-ignore format: message
    await fails(async () => toC(await autoencoder(large)), 'RangeError', /^"model" expected at most 16777216 weights, got 41943042$/); // biome-ignore format: message
  });

  it('refuses a kernel beyond the range of float16', async () => {
    const large = await autoencoder(spec, { seed: 1 });
    large.setWeights({ 'encoder.0.kernel': { shape: [6, 3], data: new Float32Array(18).fill(1e5) } });
    await fails(() => toC(large, { dtype: 'float16' }), 'RangeError', /^"encoder\.0\.kernel" expected values within ±65504 for float16/); // biome-ignore format: message
    assert.match(toC(large, { dtype: 'int8' }), /int8_t model_encoder_0_kernel\[18\] = \{\n {2}127, /);
  });

  it('gives the same text for the same model', async () => {
    assert.equal(toC(model), toC(await isthmus.loadModel(isthmus.saveModel(model))));
  });

  it('writes only the constants and the routines that the part needs, and no heap, stdio or math', () => {
    const encoder = toC(model, { part: 'encoder' });
    const names = [/model_decoder/, /model_exp/, /malloc|stdio|math\.h|double/];
    assertAbsent(encoder, names, 'model_decoder model_exp malloc', 'encoder');
  });

  it('shares the workspace among layers that do not need it at the same time', async () => {
    const units = [50, 40, 30, 20];
    const deep = { input: [10], encoder: units.map((n) => dense({ units: n, activation: 'relu' as const })), decoder: [dense({ units: 10 })] }; // biome-ignore format: spec
    const text = toC(await autoencoder(deep), { part: 'encoder', name: 'deep' });
    assert.equal(macro({ name: 'deep', source: text }, 'WORKSPACE_SIZE'), 90);
  });

  it('states the bytes of its constants in the comment', () => {
    const text = toC(model);
    const weights = 6 * 3 + 3 + 3 * 6 + 6;
    assert.match(text, new RegExp(`Constants: {2}${4 * weights} bytes of read-only memory`));
    // Kernels of one byte a weight; biases, and a scale for each column, in float32.
    const bytes = 2 * 6 * 3 + 4 * (3 + 6) * 2;
    assert.match(toC(model, { dtype: 'int8' }), new RegExp(`Constants: {2}${bytes} bytes of read-only memory`));
  });

  needing(lackingCompiler('gcc'), 'makes files that one program can include together', () => {
    const first = caseOf({ title: '', model, x: samples(12, 1) }, 'first');
    const second = caseOf({ title: '', model, x: samples(12, 2) }, 'second');
    // One translation unit with both definitions: all names have the prefix.
    const both = {
      ...first.item,
      source: `#ifndef FIRST_DECLARATIONS\n${second.item.source}\n#endif\n${first.item.source}`,
    };
    const [encoded] = runC([both], { compile: ['gcc', ...strict, '-O1'] });
    sameBits(encoded!, first.expected[0]!.values, 'encode');
  });

  needing(lackingCompiler('gcc'), 'makes files that refuse to be compiled with -ffast-math', () => {
    const { item } = caseOf({ title: '', model, x: samples(6, 1) }, 'fast');
    assert.throws(() => runC([item], { compile: ['gcc', '-std=c99', '-ffast-math'] }), /compile without -ffast-math/);
  });
});

describe('literals of C', () => {
  it('are exact and short', () => {
    const texts = [0, -0, 1, -3, 0.5, -0.75, 16777216, 2 ** 40, 1e-45, Math.fround(0.1), 3.4028234663852886e38];
    const expected = ['0', '-0.0', '1', '-3', '0x1p-1', '-0x3p-2', '0x1p24', '0x1p40', '0x1p-149'];
    assert.deepEqual(texts.map(constantText), [...expected, '0xcccccdp-27', '0xffffffp104']);
    assert.deepEqual([0, 1, -2, 0.5].map(floatText), ['0.0f', '1.0f', '-2.0f', '0x1p-1f']);
  });

  it('stand in lines of at most 120 characters', () => {
    const lines = listText(Array.from({ length: 500 }, (_, i) => constantText(Math.fround(1 / (i + 3))))).split('\n');
    assert.ok(lines.every((line) => line.length <= 120) && lines.length > 40);
  });
});
