// The types of the package, compiled in a project without other types: no browser types, no Node types, no skipLibCheck.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as isthmus from 'isthmus';
import { project } from '../runtimes/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const common = `
import { autoencoder, dense, denoiseImage, fit, loadModel, saveModel } from 'isthmus';
const m = await autoencoder({ input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] });
await fit(m, new Float32Array(8), { epochs: 1, onEpochEnd: (epoch, { loss }) => { const n: number = epoch + loss; return n; } });
await loadModel(saveModel(m));
export const z: Float32Array = m.encode(new Float32Array(4));
const clean = await denoiseImage(m, { data: new Uint8Array(4), width: 2, height: 2, depth: 8 });
export const bytes: Uint8Array = clean.data;
export const depth: number = clean.depth;
`;
const browser = `
await fit(m, new Float32Array(8), { signal: new AbortController().signal });
await loadModel(new URL('x:y'));
const canvas = new OffscreenCanvas(2, 2).getContext('2d')!;
canvas.putImageData(await denoiseImage(m, canvas.getImageData(0, 0, 2, 2), { signal: AbortSignal.timeout(9) }), 0, 0);
await loadModel(await fetch('x'));
`;
const workerAndKernels = readFileSync(new URL('subpaths.ts', import.meta.url), 'utf8');

/** A line for each subpath that has types. It fails where the subpath is `any`: an import that tsc did not find is `any`. */
const json = JSON.parse(readFileSync(join(project, 'node_modules/isthmus/package.json'), 'utf8'));
const subpaths = Object.entries(json.exports).flatMap(([name, target]) => (typeof target === 'string' ? [] : [name]));
const everything = subpaths
  .map((name, i) => {
    const path = name.replace(/^\./, 'isthmus');
    return `import * as entry${i} from '${path}';\nexport const is${i}: 0 extends 1 & typeof entry${i} ? never : true = true;\n`;
  })
  .join('');
const exported = Object.keys(isthmus);
assert.ok(exported.length > 0 && subpaths.length > 0, 'the package exports names and subpaths');
const everyName = `import { ${exported.join(', ')} } from 'isthmus';\nexport const values = [${exported.join(', ')}];\n`;

describe('a project without other types compiles against the types of the package', () => {
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const)
    for (const [name, lib, code] of [
      ['without any other types', 'es2022', common],
      ["with a browser's types", 'es2022,dom', common + browser],
      ['with every subpath', 'es2022,dom', everything],
      ['with every name that isthmus exports at run time', 'es2022', everyName],
      ['with models in a worker and kernels that the project installs', 'es2022', workerAndKernels],
    ] as const) {
      it(`${name}, by the module resolution "${resolution}"`, () => {
        const folder = mkdtempSync(join(tmpdir(), 'isthmus-types-'));
        try {
          const modules = join(folder, 'node_modules');
          mkdirSync(modules);
          symlinkSync(join(project, 'node_modules/isthmus'), join(modules, 'isthmus'), 'junction');
          // A project that imports `isthmus/tfjs` has installed tfjs.
          if (code === everything)
            symlinkSync(join(root, 'node_modules/@tensorflow'), join(modules, '@tensorflow'), 'junction');
          writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
          writeFileSync(join(folder, 'main.ts'), code);
          const flags = [
            '--noEmit',
            '--strict',
            '--exactOptionalPropertyTypes',
            '--target',
            'es2022',
            '--preserveSymlinks',
          ];
          const resolutionFlags = ['--module', module, '--moduleResolution', resolution];
          const tsc = join(root, 'node_modules/typescript/bin/tsc');
          const { stdout } = spawnSync(
            process.execPath,
            [tsc, ...flags, ...resolutionFlags, '--lib', lib, '--types', '', 'main.ts'],
            {
              cwd: folder,
              encoding: 'utf8',
            },
          );
          // Errors inside the types of tfjs are ignored.
          const lines = stdout
            .trim()
            .split('\n')
            .filter((line) => !/^(?: |node_modules\/@tensorflow\/)/.test(line));
          assert.equal(lines.join('\n'), '');
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
});
