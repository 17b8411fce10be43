// Golden files against docs/format.md, by the decoder in test/reference, which was written from that document.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadCodec } from 'isthmus';
import { cases, samplesOf } from '../golden/cases.ts';
import { type Container, plainCode, readContainer, readFile, readTables } from '../reference/container.ts';

const golden = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

/** The values of a tensor: int8 times the scale of its column, or float32. */
function weightsOf({ data, tensors }: ReturnType<typeof readFile>, name: string): Float32Array {
  const bytes = data(name).slice();
  if (!tensors.includes(`${name}.scale`)) return new Float32Array(bytes.buffer);
  const scale = new Float32Array(data(`${name}.scale`).slice().buffer);
  return Float32Array.from(new Int8Array(bytes.buffer), (value, i) => value * scale[i % scale.length]! + 0);
}

/** The decoder of dense layers, linear or relu. Each product and each sum is rounded to float32. */
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
  const positions = encoder[0]!.units ? container.shape.slice(0, -1).reduce((a, b) => a * b, 1) : 4;
  const parts = container.blocks.map((block) => [...plainCode(block, channels, positions)]);
  return Float32Array.from(parts.flat());
}

const bits = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];

const bytesOf = (values: Float32Array): Uint8Array =>
  Uint8Array.from(values, (v) => Math.floor(Math.min(255, Math.max(0, 255 * v)) + 0.5));

const plain = Object.keys(cases).filter((name) => name.startsWith('plain'));
const numbers = { plain: 1, bounded: 2, relative: 2, lossless: 3, channels: 2 };
/** The version of a case, which its name ends in. */
const versionOf = (name: string): number => Number(name.at(-1));

describe('golden files', () => {
  for (const [name, { samples, options, input, pixels }] of Object.entries(cases)) {
    const size = input.reduce((product, side) => product * side, 1);
    const kept = golden(`${name}.values`);

    it(`${name} decodes to its golden values, and its file is saved unchanged`, async () => {
      const codec = await loadCodec(golden(`${name}.codec.safetensors`));
      const values = codec.decompress(golden(`${name}.compressed`));
      assert.deepEqual(new Uint8Array(values.buffer), kept);
      assert.deepEqual(codec.save(), golden(`${name}.codec.safetensors`));
    });

    it(`${name} keeps its guarantee`, () => {
      const x = samplesOf(name, samples * size, true);
      const y = pixels ? kept : new Float32Array(kept.slice().buffer);
      const { blocks, maxError, target } = readContainer(golden(`${name}.compressed`));
      const bounds = [options.maxError ?? options.relativeError ?? 0].flat() as number[];
      if (target) assert.equal(target, Math.max(...bounds));
      let worst = 0;
      for (const { first, rows, bound } of blocks)
        for (let i = first * size; i < (first + rows) * size; i++) {
          const error = Object.is(x[i], y[i]) ? 0 : Math.abs(x[i]! - y[i]!);
          const own = bounds.length > 1 ? bounds[i % bounds.length]! : bound;
          if (target || options.lossless) assert.ok(error <= own, `${x[i]} became ${y[i]}`);
          worst = Math.max(worst, error);
        }
      if (target || options.lossless) assert.equal(worst, maxError);
      else assert.ok(Number.isNaN(maxError));
    });

    it(`${name} has the layout of the document`, () => {
      const file = readFile(golden(`${name}.codec.safetensors`));
      const container = readContainer(golden(`${name}.compressed`));
      assert.equal(container.digest, file.digest);
      const version = versionOf(name);
      assert.deepEqual([container.version, file.metadata.version], [version, String(version)]);
      const more = version === 2 && pixels ? 16 : 0;
      assert.equal(container.mode, numbers[name.split('-')[0] as keyof typeof numbers] + more);
      assert.equal(JSON.parse(file.metadata.codec!).values, more ? 'uint8' : undefined);
      assert.deepEqual(container.shape, input);
      assert.equal(
        container.blocks.reduce((sum, { rows }) => sum + rows, 0),
        samples,
      );
      assert.equal(JSON.parse(file.metadata.codec!).samplesPerBlock, options.samplesPerBlock);
    });
  }

  for (const name of plain)
    it(`${name} is decoded by the reference decoder, and compressed to the same bytes`, async () => {
      const file = readFile(golden(`${name}.codec.safetensors`));
      const container = readContainer(golden(`${name}.compressed`));
      const z = codeOf(container, file);
      const kept = golden(`${name}.values`).slice();
      const { pixels } = cases[name]!;
      const values = pixels ? kept : new Float32Array(kept.buffer);
      const codec = await loadCodec(golden(`${name}.codec.safetensors`));
      assert.deepEqual(codec.compress(samplesOf(name, values.length, true)), golden(`${name}.compressed`));
      // The reference decoder has no convolutions.
      if (file.metadata.model!.includes('conv2d')) assert.equal(z.length, values.length / 2);
      else if (values instanceof Float32Array) assert.deepEqual(bits(decoded(file, z)), bits(values));
      else assert.deepEqual(bytesOf(decoded(file, z)), values);
    });

  it('have escapes, several blocks, lower bits and positions', () => {
    const tables = plain.map((name) => readTables(readFile(golden(`${name}.codec.safetensors`)).data('codec.tables')));
    assert.ok(tables.some((list) => list.some(({ shift }) => shift > 0)));
    const file = readFile(golden('plain-1.codec.safetensors'));
    const [{ step, low, frequencies }] = readTables(file.data('codec.tables')) as [ReturnType<typeof readTables>[0]];
    const z = codeOf(readContainer(golden('plain-1.compressed')), file).filter((_, i) => i % 4 === 0);
    assert.ok(z.some((value) => value < low * step || value > (low + frequencies.length - 2) * step));
    const blocks = plain.map((name) => readContainer(golden(`${name}.compressed`)).blocks.length);
    assert.deepEqual(blocks, [3, 1, 3, 3]);
  });
});
