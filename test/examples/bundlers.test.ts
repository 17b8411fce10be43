// The examples with bundlers: built by their own scripts with the packed package, and run in Chromium.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAbsent } from '../absent.ts';
import { chromium } from '../runtimes/browser.ts';
import { lacking, needing } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';
import { checkTypes, checkVersions, folderOf, manifestOf, runTool } from './project.ts';

const pictures = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));

/** Builds the example and opens its page. Gives the final text of the page, and the value of the expression `more`. */
async function build(example: string, served = '.', more = 'null'): Promise<{ text: string; more: unknown }> {
  checkVersions(example);
  assertAbsent(runTool(example, manifestOf(example).scripts.build!), [/warn/i], 'WARNING in main.js');
  const site = await serve(join(folderOf(example), served));
  const tab = await chromium.launch();
  try {
    await tab.open(`${site.url}index.html`);
    // The page sets its text at the end.
    const found = await tab.evaluate(`new Promise((resolve, reject) => {
      addEventListener('error', (event) => reject(event.error));
      addEventListener('unhandledrejection', (event) => reject(event.reason));
      const look = () => {
        const text = document.querySelector('output').textContent;
        if (text) resolve(JSON.stringify({ text, more: ${more} }));
        else setTimeout(look, 50);
      };
      look();
    })`);
    assert.deepEqual(tab.errors, []);
    mkdirSync(pictures, { recursive: true });
    await tab.screenshot(join(pictures, `${example}.png`));
    return JSON.parse(found);
  } finally {
    await tab.close();
    site.close();
  }
}

describe('a page built by', () => {
  const missing = lacking('vite') ?? chromium.missing;

  needing(missing, 'Vite denoises a pulse', async () => {
    checkTypes('vite', 'src/main.ts');
    const { text } = await build('vite', 'dist');
    const [, before, after] = /^Error (0\.\d+) before, (0\.\d+) after\.$/.exec(text)!;
    assert.ok(Number(after) < Number(before) / 2, text);
  });

  needing(missing, 'webpack finds the four abnormal days, and few others', async () => {
    const { text } = await build('webpack');
    for (const [day, hours] of [[10, '[0-5]'], [22, '(?:1[3-9]|2[0-3])'], [33, '\\d+'], [51, '\\d+']]) // biome-ignore format: a table
      assert.match(text, new RegExp(`day ${day}, most of it at ${hours}:00`));
    assert.ok(Number(/^(\d+) of 60 days: /.exec(text)![1]) <= 8, text);
  });

  needing(missing, 'esbuild compresses readings within the bound', async () => {
    const cells =
      '[...document.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))';
    checkTypes('esbuild', 'src/main.ts');
    const { more } = await build('esbuild', '.', cells);
    const [gzip, ...rows] = (more as string[][]).map((row) =>
      row.map((cell) => Number.parseFloat(cell.replaceAll(',', ''))),
    );
    assert.deepEqual(rows.map(([bound]) => bound), [0.001, 0.01, 0.1]); // biome-ignore format: one line
    for (const [bound, bytes, , worst] of rows) assert.ok(worst! <= bound! && bytes! < gzip![1]! / 2, `${more}`);
    assert.ok(rows[0]![1]! > rows[1]![1]! && rows[1]![1]! > rows[2]![1]!, `${more}`);
  });

  needing(missing, 'rollup draws a map of shapes whose width and height both vary', async () => {
    // For each of the hundred ellipses, the bright pixels of its middle row and of its middle column.
    const sides = `(() => {
      const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 0, 160, 160);
      const bright = (x, y) => data[4 * (160 * y + x)] > 127;
      const places = Array.from({ length: 16 }, (_, i) => i);
      return Array.from({ length: 100 }, (_, tile) => {
        const [x, y] = [16 * (tile % 10), 16 * Math.floor(tile / 10)];
        return [places.filter((i) => bright(x + i, y + 8)).length, places.filter((i) => bright(x + 8, y + i)).length];
      });
    })()`;
    const { text, more } = await build('rollup', '.', sides);
    assert.ok(Number(/^256 pixels from 2 numbers, with a mean squared error of (0\.\d+)$/.exec(text)![1]) < 0.01, text);
    const found = more as [number, number][];
    for (const [wide, high] of [[1, 1], [1, 0], [0, 1], [0, 0]]) // biome-ignore format: one line
      assert.ok(
        found.some(([w, h]) => (wide ? w >= 11 : w <= 7) && (high ? h >= 11 : h <= 7)),
        `${found}`,
      );
  });
});
