// package.json, jsr.json, dist and the list of kernels agree, differences are found, and JSR accepts the package.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as isthmus from 'isthmus';
// @ts-expect-error a script without types
import { packageFaults } from '../../scripts/check-package.mjs';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { compressInAllModes, digestsOfFiles } from '../suites/compressed-data.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const found = (folder?: string): string[] => [...packageFaults(folder)];

describe('descriptions of the package', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'isthmus-descriptions-'));
    for (const path of ['package.json', 'jsr.json', 'dist', 'src']) cpSync(join(root, path), join(folder, path), { recursive: true }); // biome-ignore format: one line
  });
  after(() => rmSync(folder, { recursive: true }));

  it('agree', () => {
    assert.deepEqual(found(), []);
    assert.deepEqual(found(folder), []);
  });

  const replaced = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
  for (const [name, path, change, expected] of [
    ['another version', 'package.json', replaced(/"version": ".*"/, '"version": "9.9.9"'), [/^jsr\.json version: "/]],
    ['a subpath that JSR lacks', 'jsr.json', replaced(/"\.\/tfjs": ".*"/, '"./other": "./src/index.ts"'), [/^jsr\.json exports: /]],
    ['a source that is not there', 'jsr.json', replaced('./src/index.ts', './src/main.ts'), [/^jsr\.json exports/, /^jsr\.json: no \.\/src\/main\.ts/]],
    ['a file that is not built', 'package.json', replaced('./dist/index.js', './dist/main.js'), [/^package\.json exports "\.": no \.\/dist\/main\.js/]],
    ['what is not packed', 'package.json', replaced('./dist/wasm/inline.js', './src/index.ts'), [/^package\.json imports "#wasm": \.\/src\/index\.ts is not packed/, /^jsr\.json imports/]],
    ['workerd after default', 'package.json', (text) => {
      const json = JSON.parse(text);
      const { workerd, ...rest } = json.imports['#wasm'];
      return JSON.stringify({ ...json, imports: { '#wasm': { ...rest, workerd } } });
    }, [/^package\.json imports "#wasm": conditions unwasm, edge-light, default, workerd, expected unwasm, workerd, edge-light, default/, /no default$/]],
    ['workerd after browser', 'package.json', replaced('"default": "./dist/index.js"', '"browser": "./dist/index.js", "workerd": "./dist/index.js", "default": "./dist/index.js"'), [/conditions types, browser, workerd, default, expected types, workerd, browser, default/]],
    ['a condition that nobody knows', 'package.json', replaced('"unwasm"', '"workers"'), [/unknown condition "workers"/]],
    ['a subpath without types', 'package.json', replaced('"types": "./dist/types/index.d.ts",', ''), [/^package\.json exports "\.": no types to import/, /^jsr\.json exports/]],
    ['a subpath without types for CommonJS', 'package.json', replaced('"types": "./dist/cjs/types/index.d.ts",\n        ', ''), [/^package\.json exports "\.": no types to require/]],
    ['a kernel that is not inlined', 'dist/wasm/inline.js', replaced('export const codecStrict', 'export const codecStrange'), [/inline\.js: codecStrange, which is not in/, /inline\.js: no codecStrict,/, /imports of #wasm in dist: codecStrict, which is not in/, /imports of #wasm in dist: no codecStrange/]],
    ['a kernel that Workers lack', 'dist/wasm/workerd.js', replaced(/.*tfjsStrict.*/, ''), [/workerd\.js: no tfjsStrict/]],
    ['a kernel that edges lack', 'dist/wasm/edge.js', replaced(/.*tfjsStrict.*/, ''), [/edge\.js: no tfjsStrict/]],
    ['a kernel that Nitro takes for other code', 'dist/wasm/edge.js', replaced('?module', ''), [/edge\.js: (\w+)Strict is \1\.strict\.wasm$/]],
    ['a kernel in the place of another', 'dist/wasm/workerd.js', replaced('./infer.relaxed.wasm', './infer.strict.wasm'), [/workerd\.js: inferRelaxed is infer\.strict\.wasm/]],
  ] as [string, string, (text: string) => string, RegExp[]][]) // biome-ignore format: a table
    it(`do not hide ${name}`, () => {
      const file = join(folder, path);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, change(text));
      const lines = found(folder);
      writeFileSync(file, text);
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const line of expected)
        assert.ok(
          lines.some((one) => line.test(one)),
          `${line} in ${lines.join('\n')}`,
        );
    });

  it('reveal a kernel of an earlier build', () => {
    const file = join(folder, 'dist/wasm/old.strict.wasm');
    writeFileSync(file, '');
    const lines = found(folder);
    rmSync(file);
    assert.deepEqual(
      lines.map((line) => line.split(':')[0]),
      ['dist/wasm/inline.js', 'dist/wasm/workerd.js', 'dist/wasm/edge.js'],
    );
  });
});

describe('on JSR, which publishes sources and the kernels that are built', () => {
  const missing = lacking('.bin/deno');
  const deno = (...args: string[]) => {
    const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
    return spawnSync(tool('.bin/deno'), args, { cwd: root, encoding: 'utf8', env });
  };

  needing(missing, 'the package passes a dry run of publishing, with a type for each public name', () => {
    const { status, stderr } = deno('publish', '--dry-run', '--allow-dirty', '--config', 'jsr.json');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Simulating publish of @isthmus\/isthmus@/);
    const files = [
      ...stderr.matchAll(/^ +file:\/\/\S+?\/(jsr\.json|README\.md|LICENSE|CHANGELOG\.md|(?:src|dist)\/\S+) \(/gm),
    ];
    const paths = files.map((match) => match[1]!);
    for (const path of ['jsr.json', 'README.md', 'LICENSE', 'src/index.ts', 'dist/wasm/inline.js'])
      assert.ok(paths.includes(path), path);
    assert.deepEqual(
      paths.filter((path) => path.startsWith('dist/')),
      ['dist/wasm/inline.js'],
    );
  });

  needing(missing, 'the package gives the bits of the built package', async () => {
    const file = join(root, 'build/jsr/main.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `
      import * as isthmus from '../../src/index.ts';
      import { compressInAllModes, digestsOfFiles } from '../../test/suites/compressed-data.ts';
      console.log(JSON.stringify(await digestsOfFiles(await compressInAllModes(isthmus as never))));`,
    );
    const { status, stdout, stderr } = deno('run', '--quiet', '--no-prompt', '--config', 'jsr.json', file);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), await digestsOfFiles(await compressInAllModes(isthmus)));
  });
});
