// Every kernel that installKernels registers writes only to its tensors, and its result does not depend on the bytes around
// them: at odd sizes, at size 0, and at sizes that contradict one another.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as isthmus from 'isthmus';
import { fusedAdam, type InstalledKernels, installKernels, tfjsEngine } from 'isthmus/tfjs';
import { Guards } from './guards.ts';
import { type Case, cases, inputs, title, wrong } from './guards-cases.ts';
import { kernel, start } from './start.ts';

type Backend = { dataIdMap: { get(id: object): { memoryOffset: number } }; wasm: { _malloc(bytes: number): number } };

let guards: Guards;
let installed: InstalledKernels;

/** The words around each block: NaN, zero and a large number. A result that depends on them differs between fills. */
const fills = [0x7fc0dead, 0, 0x7149f2ca];

/** The result of a kernel as 32-bit words, or its error. Asserts that no tensor leaks. */
function outcome(name: string, one: Case): Uint32Array | string {
  const given = inputs(one);
  const held = tf.engine().backend.numDataIds();
  let out: Uint32Array | string;
  try {
    const y = guards.watch(() => kernel(name, given, one.attrs));
    out = Uint32Array.from(new Uint32Array(Float32Array.from(y.dataSync()).buffer));
    y.dispose();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    out = String(error);
  }
  assert.equal(tf.engine().backend.numDataIds(), held, 'no tensor leaks');
  tf.dispose(Object.values(given));
  return out;
}

for (const deterministic of [true, false]) {
  describe(`kernels of installKernels, ${deterministic ? 'strict' : 'relaxed'}`, () => {
    before(async () => {
      await start();
      guards ??= new Guards(tf.backend());
      installed = await installKernels(tf, { deterministic });
    });

    it('each have a list of cases', () => {
      assert.deepEqual([...installed.added, ...installed.replaced].sort(), Object.keys(cases).sort());
    });

    for (const [name, list] of Object.entries(cases))
      it(`${name}: ${list.length} cases write only to their output, and give the same result for any bytes around the tensors`, () => {
        for (const one of list) {
          const outcomes = fills.map((fill) => {
            guards.fill = fill;
            return outcome(name, one);
          });
          const [first] = outcomes;
          assert.ok(typeof first !== 'string', `${title(one)}: ${first}`);
          for (const other of outcomes) assert.deepEqual(other, first, title(one));
        }
      });

    for (const [name, list] of Object.entries(wrong))
      it(`${name}: ${list.length} calls with contradictory sizes are refused and change nothing`, () => {
        for (const one of list) {
          guards.fill = 0x7fc0dead;
          assert.equal(typeof outcome(name, one), 'string', title(one));
        }
      });

    it('throw a RangeError and write nothing when there is no memory for the output', () => {
      const { wasm } = tf.backend() as unknown as Backend;
      const malloc = wasm._malloc;
      for (const [name, list] of Object.entries(cases)) {
        if (name === 'Identity' || name === 'Cast') continue;
        const one = list[0]!;
        const given = inputs(one);
        const held = tf.engine().backend.numDataIds();
        wasm._malloc = () => 0;
        try {
          assert.throws(() => guards.watch(() => kernel(name, given, one.attrs)), {
            name: 'RangeError',
            message: /refused$/,
          });
        } finally {
          wasm._malloc = malloc;
        }
        assert.equal(tf.engine().backend.numDataIds(), held, name);
        tf.dispose(Object.values(given));
      }
    });

    it('fusedAdam writes only to the variable and its slots', () => {
      for (const size of [1, 2, 3, 4, 5, 7, 63, 64, 65]) {
        const results = fills.map((fill) => {
          guards.fill = fill;
          const optimizer = fusedAdam(0.1);
          const w = tf.variable(tf.linspace(-1, 1, size), true, 'w');
          const g = tf.linspace(1, 2, size);
          const { dataIdMap } = tf.backend() as unknown as Backend;
          for (let i = 0; i < 3; i++)
            guards.watch(
              () => optimizer.applyGradients([{ name: 'w', tensor: g }]),
              Object.values(tf.engine().registeredVariables).map(({ dataId }) => dataIdMap.get(dataId).memoryOffset),
            );
          const values = [...w.dataSync()];
          optimizer.dispose();
          tf.dispose([w, g]);
          return values;
        });
        for (const other of results) assert.deepEqual(other, results[0]);
      }
    });
  });
}

const { conv2d, conv2dTranspose, dense } = isthmus;
const signal: isthmus.AutoencoderSpec = {
  input: [13],
  encoder: [dense({ units: 7, activation: 'tanh' }), isthmus.layerNormalization()],
  decoder: [isthmus.dropout({ rate: 0.2 }), dense({ units: 13 })],
};
const specs: Readonly<Record<string, isthmus.AutoencoderSpec>> = {
  variational: { ...signal, latent: isthmus.variational({ units: 3 }) },
  kSparse: { ...signal, latent: isthmus.kSparse({ k: 2 }) },
  quantized: { ...signal, latent: isthmus.quantized({ step: 0.5 }) },
  convolutional: {
    input: [6, 6, 3],
    encoder: [
      conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
      isthmus.batchNormalization(),
      isthmus.maxPooling2d(),
      isthmus.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
    ],
    decoder: [conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' })],
  },
};

describe('models in the memory of tfjs write only to their blocks', () => {
  for (const [name, spec] of Object.entries(specs))
    it(`${name}: fit, reconstruct, createCodec, compress and decompress`, async () => {
      const others = Array.from({ length: 20 }, (_, k) => tf.fill([k], k));
      const end = guards.begin();
      guards.calls.clear();
      try {
        const model = await isthmus.autoencoder(spec, { seed: 3, engine: tfjsEngine(tf) });
        const x = Float32Array.from({ length: 21 * spec.input.reduce((a, b) => a! * b!, 1)! }, (_, k) => (k % 7) / 7);
        const corruption = [isthmus.gaussianNoise({ stddev: 0.1 }), isthmus.maskingNoise({ rate: 0.1 })];
        await isthmus.fit(model, x, { epochs: 1, batchSize: 8, corruption, clipNorm: 1 });
        assert.ok(model.reconstruct(x).every(Number.isFinite));
        for (const options of [{ maxError: 0.05 }, { step: 0.5 }]) {
          const codec = await isthmus.createCodec(model, x, options);
          assert.equal(codec.decompress(codec.compress(x)).length, x.length);
        }
      } finally {
        end();
      }
      assert.ok(guards.calls.size > 15, [...guards.calls.keys()].join());
      for (const [k, other] of others.entries()) assert.ok(other.dataSync().every((value) => value === k));
      tf.dispose(others);
    });
});
