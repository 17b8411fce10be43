// The types as a project sees them that has none of its own: no browser's, no Node's, every library checked.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

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

describe('a project of its own compiles against the types', () => {
  for (const [name, lib, code] of [
    ['without any other types', 'es2022', common],
    ["with a browser's types", 'es2022,dom', common + browser],
  ] as const) {
    it(name, () => {
      const folder = mkdtempSync(join(tmpdir(), 'isthmus-types-'));
      try {
        mkdirSync(join(folder, 'node_modules'));
        symlinkSync(root, join(folder, 'node_modules/isthmus'), 'junction');
        writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
        writeFileSync(join(folder, 'main.ts'), code);
        const flags = [
          '--noEmit',
          '--strict',
          '--exactOptionalPropertyTypes',
          '--target',
          'es2022',
          '--module',
          'nodenext',
        ];
        const tsc = join(root, 'node_modules/typescript/bin/tsc');
        const { stdout } = spawnSync(process.execPath, [tsc, ...flags, '--lib', lib, '--types', '', 'main.ts'], {
          cwd: folder,
          encoding: 'utf8',
        });
        assert.equal(stdout.trim(), '');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
