// Compressed data against docs/format.md: the decoder in test/reference knows nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadCodec } from 'isthmus';
import { cases, samplesOf } from '../golden/cases.ts';
import { type Container, plainCode, readContainer, readFile, readTables } from '../reference/container.ts';

const golden = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

/** A tensor's values by its name, int8 times the scale of its column. */
function weightsOf({ data, tensors }: ReturnType<typeof readFile>, name: string): Float32Array {
  const bytes = data(name).slice();
  if (!tensors.includes(`${name}.scale`)) return new Float32Array(bytes.buffer);
  const scale = new Float32Array(data(`${name}.scale`).slice().buffer);
  return Float32Array.from(new Int8Array(bytes.buffer), (value, i) => value * scale[i % scale.length]! + 0);
}

/** Dense layers, linear or relu, each product and each sum rounded to float32. */
function decoded(file: ReturnType<typeof readFile>, z: Float32Array): Float32Array {
  const layers: { units: number; activation?: string }[] = JSON.parse(file.metadata.model!).decoder;
  return layers.reduce((x, { units, activation }, l) => {
    const kernel = weightsOf(file, `decoder.${l}.kernel`);
    const bias = weightsOf(file, `decoder.${l}.bias`);
    const inputs = kernel.length / units;
    return Float32Array.from({ length: (x.length / inputs) * units }, (_, i) => {
      const [row, unit] = [Math.floor(i / units), i % units];
      let sum = bias[unit]!;
      for (let k = 0; k < inputs; k++)
        sum = Math.fround(sum + Math.fround(x[row * inputs + k]! * kernel[k * units + unit]!));
      return activation === 'relu' ? Math.max(0, sum) : sum;
    });
  }, z);
}

function codeOf(container: Container, file: ReturnType<typeof readFile>): Float32Array {
  const channels = readTables(file.data('codec.tables'));
  const { encoder } = JSON.parse(file.metadata.model!) as { encoder: { units?: number }[] };
  const places = encoder[0]!.units ? container.shape.slice(0, -1).reduce((a, b) => a * b, 1) : 4;
  const parts = container.blocks.map((block) => [...plainCode(block, channels, places)]);
  return Float32Array.from(parts.flat());
}

const bits = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];

describe('golden files', () => {
  for (const [name, { samples, options }] of Object.entries(cases)) {
    it(`${name} decodes to the bits it always had, and is written the same again`, async () => {
      const codec = await loadCodec(golden(`${name}.codec.safetensors`));
      const values = new Float32Array(golden(`${name}.values`).slice().buffer);
      assert.deepEqual(bits(codec.decompress(golden(`${name}.compressed`))), bits(values));
      const x = samplesOf(values.length, true);
      assert.deepEqual(codec.compress(x), golden(`${name}.compressed`));
      assert.deepEqual(codec.save(), golden(`${name}.codec.safetensors`));
    });

    it(`${name} is as the document says`, async () => {
      const file = readFile(golden(`${name}.codec.safetensors`));
      const container = readContainer(golden(`${name}.compressed`));
      assert.equal(container.digest, file.digest);
      assert.deepEqual([container.mode, container.promise, container.asked], [1, 0, 0]);
      assert.equal(
        container.blocks.reduce((sum, { rows }) => sum + rows, 0),
        samples,
      );
      assert.deepEqual(JSON.parse(file.metadata.codec!).samplesPerBlock, options.samplesPerBlock);
      const z = codeOf(container, file);
      const values = new Float32Array(golden(`${name}.values`).slice().buffer);
      if (file.metadata.model!.includes('conv2d')) {
        const { loadModel } = await import('isthmus');
        await assert.rejects(loadModel(golden(`${name}.codec.safetensors`)), /expected isthmus in the metadata/);
        assert.equal(z.length, samples * 8);
      } else assert.deepEqual(bits(decoded(file, z)), bits(values));
    });
  }

  it('hold escapes, several blocks, lower bits and places', () => {
    const tables = Object.keys(cases).map((name) =>
      readTables(readFile(golden(`${name}.codec.safetensors`)).data('codec.tables')),
    );
    assert.ok(tables.some((list) => list.some(({ shift }) => shift > 0)));
    const file = readFile(golden('plain-1.codec.safetensors'));
    const [{ step, low, frequencies }] = readTables(file.data('codec.tables')) as [ReturnType<typeof readTables>[0]];
    const z = codeOf(readContainer(golden('plain-1.compressed')), file).filter((_, i) => i % 4 === 0);
    assert.ok(z.some((value) => value < low * step || value > (low + frequencies.length - 2) * step));
    const blocks = Object.keys(cases).map((name) => readContainer(golden(`${name}.compressed`)).blocks.length);
    assert.deepEqual(blocks, [3, 1, 3]);
  });
});
