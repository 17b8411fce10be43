// Runs `npm run results` as a user does, on drawn digits and a drawn photograph.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import { evaluate, loadModel } from 'isthmus';
import { openData } from '../../tools/results/data.ts';
import { page } from '../../tools/results/page.ts';
import { loadRecipes } from '../../tools/results/recipes.ts';
import { assertAbsent, assertNoRawValues } from '../absent.ts';
import { digitFiles, folder, put, tidy } from '../digits/folder.ts';

after(tidy);
const main = fileURLToPath(new URL('../../tools/results/main.ts', import.meta.url));
const root = folder();
const data = join(root, 'data');
for (const set of ['mnist', 'denoise/train400', 'denoise/set12']) mkdirSync(join(data, set), { recursive: true });
put(digitFiles(300, 50), join(data, 'mnist'));
const [width, height] = [64, 60];
const pixels = Uint8Array.from({ length: width * height }, (_, i) => 128 + 100 * Math.sin(i / 9));
for (const set of ['train400', 'set12']) {
  writeFileSync(join(data, 'denoise', set, '01.png'), encode({ width, height, data: pixels, channels: 1 }));
}

const digits = 'hole,latent-64,noise-30';
const args = (out: string, ...more: string[]): string[] => {
  const places = ['--data', data, '--out', join(root, out), '--cache', join(root, `${out}-cache`)];
  return [main, '--quick', ...places, ...more];
};
const run = (out: string, ...more: string[]) => spawnSync(process.execPath, args(out, ...more), { encoding: 'utf8' });
const read = (out: string, file = 'results.md'): string => readFileSync(join(root, out, file), 'utf8');
interface Entry {
  readonly figures: Readonly<Record<string, number>>;
  readonly parameters: number;
}
const entry = (out: string, name: string): Entry => JSON.parse(read(out, `results/${name}.json`));

describe('npm run results', () => {
  it('trains the recipes and writes the page with pictures', () => {
    const { status, stdout, stderr } = run('whole', '--only', `${digits},set12`);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^latent-64: mean squared error 0\.\d{4}, required value missed; \d+\.\d s$/m);
    const page = read('whole');
    assert.match(
      page,
      /^\| \[Digits in codes of 64 values\]\(#latent-64\) \| mean squared error \| 0\.0030 \| 0\.0022 \| 0\.\d{4} \| 1,307,984 \| \d/m,
    );
    assert.match(page, /\*\*the figures have no meaning\.\*\*/);
    assertNoRawValues(page);
    for (const [, path] of page.matchAll(/\]\((results\/.*?\.png)\)/g)) {
      const { width } = decode(readFileSync(join(root, 'whole', path!)));
      assert.ok(width > 200 && width <= 300);
    }
    // The licence of the photographs allows research only: they do not appear on the page.
    assert.ok(existsSync(join(root, 'whole', 'results', 'hole.png')));
    assert.ok(!existsSync(join(root, 'whole', 'results', 'set12.png')));
    assert.ok(entry('whole', 'set12').parameters <= 60_000);
  });

  it('uses the cached results of finished recipes', () => {
    const before = read('whole');
    const { status, stdout } = run('whole', '--only', digits);
    assert.equal(status, 0);
    assert.equal([...stdout.matchAll(/\(kept\)$/gm)].length, 3, stdout);
    assert.equal(read('whole'), before);
    const again = run('whole', '--only', 'latent-64', '--again');
    assertAbsent(again.stdout, [/kept/], stdout);
  });

  it('gives the same figures one by one as at the same time', () => {
    const { status, stdout, stderr } = run('one', '--only', digits, '--jobs', '1');
    assert.equal(status, 0, stderr);
    assert.equal([...stdout.matchAll(/^(hole|latent-64|noise-30): /gm)].length, 3, stdout);
    for (const name of digits.split(',')) assert.deepEqual(entry('one', name).figures, entry('whole', name).figures);
    assert.match(run('one', '--jobs', '0').stderr, /^error: "--jobs" expected integer 1\.\.999, got "0"$/m);
  });

  it('goes on after Ctrl-C with the same figures', async () => {
    const child = spawn(process.execPath, args('broken', '--only', digits, '--jobs', '2'), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    // The first line of output is the result of the first recipe; the next recipe then runs.
    child.stdout.once('data', () => child.kill('SIGINT'));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 130, said);
    assert.match(said, /^Stopped (at|before) (hole|latent-64|noise-30)\. Nothing is lost/m);
    const { status, stdout } = run('broken', '--only', digits);
    assert.equal(status, 0);
    assert.match(stdout, /^(hole|latent-64): .*\(kept\)$/m);
    for (const name of digits.split(',')) assert.deepEqual(entry('broken', name).figures, entry('whole', name).figures);
    // The checkpoints of finished recipes are removed.
    for (const place of readdirSync(join(root, 'broken-cache'))) {
      assert.deepEqual(readdirSync(join(root, 'broken-cache', place)), ['result.json']);
    }
  });

  it('stores the model of a recipe for other recipes', async () => {
    const { status, stdout, stderr } = run('shared', '--only', 'digits-rate');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^digits-rate: bytes a digit \d+\.\d{4}, .*mean squared error 0\.\d{4}/m);
    const cache = join(root, 'shared-cache');
    const [place] = readdirSync(cache);
    assert.deepEqual(readdirSync(join(cache, place!)).sort(), ['result.json', 'trained.safetensors']);
    const digits = openData(data, true, () => {});
    const { test } = await digits.digits();
    const model = await loadModel(readFileSync(join(cache, place!, 'trained.safetensors')));
    const { rate, meanSquaredError } = evaluate(model, test);
    const { figures } = entry('shared', 'digits-rate');
    const estimated = [
      figures['bytes a digit, estimated by the prior'],
      figures['mean squared error with float32 weights'],
    ];
    assert.deepEqual(estimated, [rate! / 8, meanSquaredError]);
  });

  it('leaves out a recipe without data, and refuses the name of an unknown one', () => {
    const bare = folder();
    put(digitFiles(300, 50), bare);
    const { status, stderr } = run('bare', '--data', bare, '--only', 'set12');
    assert.equal(status, 0);
    assert.match(stderr, /^set12: left out, denoise\/train400 is not in the folder of data$/m);
    const wrong = run('wrong', '--only', 'none');
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /^error: --only expected names among .*hole, .*, got none$/m);
  });
});

describe('docs/results.md', () => {
  it('matches the figures in docs/results, none of a quick run', async () => {
    const docs = fileURLToPath(new URL('../../docs', import.meta.url));
    const recipes = (await loadRecipes()).map(({ recipe }) => recipe);
    const text = readFileSync(join(docs, 'results.md'), 'utf8');
    assert.equal(text, page(recipes, docs));
    assertNoRawValues(text);
    assertAbsent(text, [/--quick/], 'npm run results -- --quick');
    for (const [, path] of text.matchAll(/\]\((results\/.*?\.png)\)/g)) assert.ok(existsSync(join(docs, path!)), path!);
  });
});

describe('the sources of a recipe', () => {
  it('are its file and the files that it imports, without imports of types', async () => {
    const noise = (await loadRecipes()).find(({ recipe }) => recipe.name === 'noise-30')!;
    const has = (text: string): boolean => noise.sources.some((source) => source.includes(text));
    assert.ok(has("name: 'noise-30'") && has('export async function denoiseDigits') && has('export const riseAndFall'));
    assert.ok(has('export function addNoise') && !has('export interface Recipe'));
  });
});
