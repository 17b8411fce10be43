// The built package: its kernels, the sizes of bundles, and the parts that a bundle leaves out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import flavours from '../../assembly/modules.json' with { type: 'json' };
// @ts-expect-error a script without types
import * as size from '../../scripts/size.mjs';
import { decodeText } from '../../src/wasm/text/decode.ts';
import { assertAbsent } from '../absent.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
/** The text form of a module. */
const watOf = (bytes: Uint8Array): string => binaryen.readBinary(bytes).emitText();
const modules = Object.entries(flavours).flatMap(([module, names]) => names.map((name) => `${module}.${name}`));

/** The text form of a module with everything that kernels must not have. */
const withState = (() => {
  const module = binaryen.parseText(`(module
    (memory 1) (data (i32.const 0) "a") (table 1 funcref) (global $count (mut i32) (i32.const 0))
    (func $~lib/builtins/abort)
    (func (export "grow") (global.set $count (memory.grow (i32.const 1))) (call $~lib/builtins/abort)))`);
  return module.emitText();
})();

describe('kernels', () => {
  it('have no data, allocate nothing, have no state but constants, and import only the memory', () => {
    for (const name of modules) {
      const wat = read(`build/wasm/${name.split('.')[0]}.wat`);
      assertAbsent(wat, [/\(data/, /memory\.grow/, /\(table/, /call \$~lib\/builtins\/abort/], withState, name);
      // The start function sets constants of polynomials, because V8 creates literals again in each iteration of a loop.
      assertAbsent(wat, [/\(global(?! \$\S+ \(mut v128\))/], withState, name);
      const module = new WebAssembly.Module(readFileSync(`${root}dist/wasm/${name}.wasm`));
      assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }], name);
    }
  });

  it('differ only in strict or relaxed products', async () => {
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

  it('are in the package as files and inlined, with the same bytes', async () => {
    const inline = await import('#wasm');
    for (const name of modules) {
      const key = name.replace(/\.(.)/, (_, letter) => letter.toUpperCase()) as keyof typeof inline;
      const file = readFileSync(fileURLToPath(import.meta.resolve(`isthmus/wasm/${name}.wasm`)));
      assert.ok(file.equals(decodeText(inline[key] as string)), name);
    }
  });
});

describe('imports', () => {
  const names = (code: string): Promise<string> => size.bundle(code, false);
  const whole = names("export * from 'isthmus';");

  it('of inference bundle no training kernel, no optimizer and no file format', async () => {
    const text = await names("import { autoencoder, dense } from 'isthmus'; export { autoencoder, dense };");
    const training = [/trainStrict/, /inferRelaxed/, /trainRelaxed/, /\bTrainer\b/, /earlyStopping/];
    const optimizers = [/isthmus\.optimizer/, /"rmsprop"/];
    const files = [/__metadata__/, /parseTensors/];
    // Layers bring their backward passes into a bundle. These are kernels that only `fit` calls.
    const kernels = [/\.lossGradient\(/, /\.penaltyGradient\(/, /\.sumOfSquares\(/];
    assertAbsent(text, [...training, ...optimizers, ...files, ...kernels], await whole);
    assert.match(text, /inferStrict = /);
  });

  it('of training and files bundle no codec', async () => {
    const text = await names(
      "import { autoencoder, fit, loadModel, saveModel } from 'isthmus'; export { autoencoder, fit, loadModel, saveModel };",
    );
    assertAbsent(text, [/codecStrict/, /residualStrict/, /ransDecode/, /ransEncode/, /crc32c/], await whole);
  });

  it('of fit bundle one optimizer, Adam', async () => {
    const text = await names("import { fit } from 'isthmus'; export { fit };");
    // These are calls of kernels. The names alone are also in the text of the kernels.
    assert.match(text, /\w\.adam\(/);
    assertAbsent(text, [/\w\.rmsprop\(/, /\w\.momentum\(/, /\w\.sgd\(/, /\w\.dropout\(/, /parseTensors/], await whole);
  });

  it('have the sizes of the README, to a quarter of a kilobyte, and stay within their budgets', async () => {
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

  it('has no file with the name of a registry or a path of a machine, and no generated file', () => {
    const generated = [/^dist\//m, /^build\//m, /\.wasm$/m, /node_modules/];
    const machines = ['registry\\.npmjs', '"resolved"\\s*: "http', '[^\\w.](?:/work|/farm|/root)/'].map(
      (text) => new RegExp(text),
    );
    // Built from parts, because this file is searched too.
    const example = ['"resolved": "', 'http://registry', '.npmjs.org/a" ', '/roo', 't/a'].join('');
    for (const file of files) {
      assertAbsent(file, generated, 'dist/index.js\nbuild/x.wasm\nnode_modules/a');
      assertAbsent(read(file), machines, example, file);
    }
  });

  it('has no source file above 300 lines', () => {
    const sources = files.filter((path) => /^(src|assembly|cli|jobs|test|examples)\/.*\.ts$/.test(path));
    assert.ok(sources.length > 0);
    const tooLong = sources.filter((path) => read(path).split('\n').length > 300);
    assert.deepEqual(tooLong, []);
  });

  it('ships declarations without imports of .ts files', () => {
    const declarations = readdirSync(`${root}dist/types`, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.d.ts'),
    );
    assert.ok(declarations.length > 0);
    for (const path of declarations) {
      assertAbsent(
        read(`dist/types/${path}`),
        [/from ['"]\.[^'"]*\.ts['"]/, /import\(['"]\.[^'"]*\.ts['"]/],
        `import a from './a.ts';\nimport('./a.ts')`,
        path,
      );
    }
  });
});
