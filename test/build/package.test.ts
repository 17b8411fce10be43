// The built package: what it ships, what it costs, and what an import does not bring along.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
// @ts-expect-error a script without types
import * as size from '../../scripts/size.mjs';
import { bytesOf } from '../../src/wasm/text.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
/** The text form of a module. */
const watOf = (bytes: Uint8Array): string => binaryen.readBinary(bytes).emitText();
const modules = [
  'infer.strict',
  'infer.relaxed',
  'train.strict',
  'train.relaxed',
  'convolution.strict',
  'convolution.relaxed',
  'latent.strict',
  'corrupt.strict',
  'codec.strict',
  'residual.strict',
  'tfjs.strict',
];

describe('kernels', () => {
  it('own no data, allocate nothing, keep nothing but constants and import only the memory', () => {
    for (const name of modules) {
      const wat = read(`build/wasm/${name.split('.')[0]}.wat`);
      assert.doesNotMatch(wat, /\(data|memory\.grow|\(table|call \$~lib\/builtins\/abort/, name);
      // Constants of polynomials alone, which the start sets: as literals V8 would make them anew in every turn.
      assert.doesNotMatch(wat, /\(global(?! \$\S+ \(mut v128\))/, name);
      const module = new WebAssembly.Module(readFileSync(`${root}dist/wasm/${name}.wasm`));
      assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }], name);
    }
  });

  it('are strict or relaxed, and else the same', async () => {
    for (const name of modules) {
      const wat = watOf(readFileSync(`${root}dist/wasm/${name}.wasm`));
      const neutral = read(`build/wasm/${name.split('.')[0]}.wat`);
      const count = (text: string, word: string): number => text.split(word).length - 1;
      const products = count(neutral, 'f32x4.relaxed_min');
      assert.equal(count(neutral, 'f32x4.relaxed_max'), products, name);
      const fused = name.endsWith('relaxed') ? products : 0;
      assert.equal(count(wat, 'relaxed_madd'), fused, name);
      assert.equal(count(wat, 'relaxed'), fused, name);
      assert.equal(count(wat, 'f32x4.mul'), count(neutral, 'f32x4.mul') + products - fused, name);
    }
  });

  it('export what the interfaces in TypeScript name, and nothing else', () => {
    const source = ['kernels', 'convolution', 'corrupt', 'latent', 'codec', 'residual', 'tfjs']
      .map((file) => read(`src/wasm/${file}.ts`))
      .join('');
    for (const [module, ...types] of [
      ['infer', 'InferKernels'],
      ['train', 'TrainKernels'],
      ['convolution', 'ConvolutionKernels'],
      ['corrupt', 'CorruptKernels'],
      ['latent', 'LatentKernels'],
      ['codec', 'CodecKernels'],
      ['residual', 'ResidualKernels'],
      ['tfjs', 'TfjsKernels'],
    ]) {
      const bodies = types.map((type) => source.split(`interface ${type} {`)[1]!.split('\n}')[0]!).join('');
      const named = [...bodies.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1]).sort();
      for (const name of modules.filter((name) => name.startsWith(`${module}.`))) {
        const bytes = readFileSync(`${root}dist/wasm/${name}.wasm`);
        const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((entry) => entry.name);
        assert.deepEqual(exported.sort(), named, name);
      }
    }
  });

  it('are in the package as files and inlined, the same bytes', async () => {
    const inline = await import('#wasm');
    for (const name of modules) {
      const key = name.replace(/\.(.)/, (_, letter) => letter.toUpperCase()) as keyof typeof inline;
      const file = readFileSync(fileURLToPath(import.meta.resolve(`isthmus/wasm/${name}.wasm`)));
      assert.ok(file.equals(bytesOf(inline[key] as string)), name);
    }
  });
});

describe('imports', () => {
  const names = (code: string): Promise<string> => size.bundle(code, false);

  it('of inference bring no training kernel, no optimizer, no file format', async () => {
    const text = await names("import { autoencoder, dense } from 'isthmus'; export { autoencoder, dense };");
    assert.doesNotMatch(text, /trainStrict|gemmTN\(k|isthmus\.optimizer|safetensors|philox4/);
    assert.match(text, /inferStrict = /);
    assert.doesNotMatch(
      text,
      /spreadOf|projectRoom|axesOf|batchNormalizeBackward\(c|inferRelaxed|trainRelaxed|Trainer|History|rmsprop/,
    );
  });

  it('of training and files bring no codec', async () => {
    const text = await names(
      "import { autoencoder, fit, loadModel, saveModel } from 'isthmus'; export { autoencoder, fit, loadModel, saveModel };",
    );
    assert.doesNotMatch(text, /codecStrict|residualStrict|ransEncode|crc32c/);
    assert.match(await names("export { loadCodec } from 'isthmus';"), /ransDecode/);
  });

  it('of fit bring one optimizer, Adam, and no other', async () => {
    const text = await names("import { fit } from 'isthmus'; export { fit };");
    // Calls of kernels, whose names stand in the kernels' text too.
    assert.match(text, /\w\.adam\(/);
    assert.doesNotMatch(text, /\w\.(rmsprop|momentum|sgd|dropout)\(|readSafetensors/);
  });

  it('cost what the README says, to a quarter of a kilobyte, and no more than their budget', async () => {
    const table = Object.fromEntries(
      [...read('README.md').matchAll(/^\| (.*?`.*?) +\| ([\d.]+) KB +\|$/gm)].map((row) => [row[1], row[2]]),
    );
    const sizes: Record<string, string> = await size.sizes();
    assert.deepEqual(Object.keys(table).sort(), Object.keys(sizes).sort());
    for (const [name, kilobytes] of Object.entries(sizes)) {
      assert.ok(
        Math.abs(Number(table[name]) - Number(kilobytes)) < 0.25,
        `${name}: ${table[name]} KB, measured ${kilobytes} KB`,
      );
    }
    for (const [name, most] of Object.entries(size.budgets as Record<string, number>)) {
      assert.ok(Number(sizes[name]) <= most, `${name}: ${sizes[name]} KB, at most ${most} KB`);
    }
  });
});

describe('the project', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);

  it('names no registry and no path of a machine, and commits nothing that is built', () => {
    for (const file of files) {
      assert.doesNotMatch(file, /^dist\/|^build\/|\.wasm$|node_modules/);
      const text = read(file);
      assert.doesNotMatch(
        text,
        new RegExp(['registry\\.npmjs', '"resolved"\\s*: "http', '[^\\w.](?:/work|/farm|/root)/'].join('|')),
        file,
      );
    }
  });

  it('has no source file above 300 lines', () => {
    for (const file of files.filter((path) => /^(src|assembly|test|examples)\/.*\.ts$/.test(path))) {
      const lines = read(file).split('\n').length;
      assert.ok(lines <= 300, `${file} has ${lines} lines`);
    }
  });

  it('ships types for all it exports', async () => {
    const types = read('dist/types/index.d.ts');
    for (const name of Object.keys(await import('isthmus'))) assert.match(types, new RegExp(`\\b${name}\\b`));
    assert.doesNotMatch(
      readdirSync(`${root}dist/types`, { recursive: true })
        .map((path) => (String(path).endsWith('.d.ts') ? read(`dist/types/${path}`) : ''))
        .join('\n'),
      /(from |import\()['"]\.[^'"]*\.ts['"]/,
    );
  });
});
