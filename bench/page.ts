// Milliseconds from the import of the package in a page to the first code of 784-64-784, each time in a new Chromium:
// `node bench/page.ts [times]`, after `npm run build`. A server on this machine sends the files.
import { parseArgs } from 'node:util';
// @ts-expect-error a script without types
import { prepareRuntimes } from '../scripts/runtimes.mjs';
import { chromium, inPage } from '../test/runtimes/browser.ts';
import { median } from './statistics.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [argument = '9'] = positionals;
const times = Number(argument);
if (!(times > 0)) throw new RangeError(`"times" expected a number above 0, got ${argument}`);
await prepareRuntimes();
if (chromium.missing) throw new Error(`Chromium is needed: ${chromium.missing}`);

const first = `(async () => {
  const begin = performance.now();
  const { autoencoder, dense } = await import('isthmus');
  const imported = performance.now();
  const model = await autoencoder({
    input: [784],
    encoder: [dense({ units: 64, activation: 'relu' })],
    decoder: [dense({ units: 784, activation: 'sigmoid' })],
  }, { seed: 1 });
  model.encode(new Float32Array(784));
  return [imported - begin, performance.now() - imported].join();
})()`;
const medianText = (values: readonly number[]): string => median(values).toFixed(1);
const [imports, rest]: [number[], number[]] = [[], []];
for (let i = 0; i < times; i++) {
  const [load, use] = (await inPage(chromium.launch, first)).split(',').map(Number) as [number, number];
  imports.push(load);
  rest.push(use);
}
console.log(`in Chromium: ${medianText(imports)} ms to import, ${medianText(rest)} ms from there to the first code`);
