// Milliseconds from a page's import of the package to its first code, of 784-64-784, each in a new Chromium:
// `node bench/page.ts [times]`, after `npm run build`. The files come from a server on this machine.
// @ts-expect-error a script without types
import { prepareRuntimes } from '../scripts/runtimes.mjs';
import { chromium, inPage } from '../test/runtimes/browser.ts';

const times = Number(process.argv[2] ?? 9);
if (!(times > 0)) throw new RangeError(`"times" expected a number above 0, got ${process.argv[2]}`);
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
const middle = (list: number[]): string => list.sort((a, b) => a - b)[list.length >> 1]!.toFixed(1);
const [imports, rest]: [number[], number[]] = [[], []];
for (let i = 0; i < times; i++) {
  const [load, use] = (await inPage(chromium.launch, first)).split(',').map(Number) as [number, number];
  imports.push(load);
  rest.push(use);
}
console.log(`in Chromium: ${middle(imports)} ms to import, ${middle(rest)} ms from there to the first code`);
