// The types as a project sees them that has none of its own: no browser's, no Node's, every library checked.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
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
const apart = readFileSync(new URL('subpaths.ts', import.meta.url), 'utf8');

/** A line for each subpath that has types, and what it must not be: `any`, which would hide that it was not found. */
const json = JSON.parse(readFileSync(join(project, 'node_modules/isthmus/package.json'), 'utf8'));
const subpaths = Object.entries(json.exports).flatMap(([name, target]) => (typeof target === 'string' ? [] : [name]));
const everything = subpaths
  .map((name, i) => {
    const path = name.replace(/^\./, 'isthmus');
    return `import * as entry${i} from '${path}';\nexport const is${i}: 0 extends 1 & typeof entry${i} ? never : true = true;\n`;
  })
  .join('');

describe('a project of its own compiles against the types', () => {
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const)
    for (const [name, lib, code] of [
      ['without any other types', 'es2022', common],
      ["with a browser's types", 'es2022,dom', common + browser],
      ['with every subpath', 'es2022,dom', everything],
      ['with models in a worker, and kernels of its own', 'es2022', apart],
    ] as const) {
      it(`${name}, resolved as ${resolution} does`, () => {
        const folder = mkdtempSync(join(tmpdir(), 'isthmus-types-'));
        try {
          const modules = join(folder, 'node_modules');
          mkdirSync(modules);
          symlinkSync(join(project, 'node_modules/isthmus'), join(modules, 'isthmus'), 'junction');
          // Whoever imports `isthmus/tfjs` has it.
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
          const how = ['--module', module, '--moduleResolution', resolution];
          const tsc = join(root, 'node_modules/typescript/bin/tsc');
          const { stdout } = spawnSync(
            process.execPath,
            [tsc, ...flags, ...how, '--lib', lib, '--types', '', 'main.ts'],
            {
              cwd: folder,
              encoding: 'utf8',
            },
          );
          // The types of tfjs are not ours to mend.
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
