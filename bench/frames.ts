// Frames of a page in Chromium while a model trains, in the page and in a worker: `node bench/frames.ts [seconds]`, after
// `npm run build`. The model is convolutional, for 28×28 pixels, in batches of 32.
import { parseArgs } from 'node:util';
// @ts-expect-error a script without types
import { prepareRuntimes } from '../scripts/runtimes.mjs';
import { chromium, inPage } from '../test/runtimes/browser.ts';
import type { Frames } from '../test/runtimes/inside/frames.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [argument = '10'] = positionals;
const seconds = Number(argument);
if (!(seconds > 0)) throw new RangeError(`"seconds" expected a number above 0, got ${argument}`);
await prepareRuntimes();
if (chromium.missing) throw new Error(`Chromium is needed: ${chromium.missing}`);

const rows: [string, 'nowhere' | 'page' | 'worker'][] = [
  ['nothing', 'nowhere'],
  ['fit on the page', 'page'],
  ['fit in a worker', 'worker'],
];
console.log('while the page does    frames/s   longest gap   99 % below   batches/s');
for (const [name, where] of rows) {
  const expression = `import('/frames.js').then((f) => f.frames('${where}', ${seconds})).then(JSON.stringify)`;
  const { frames, longest, percentile, batches } = JSON.parse(await inPage(chromium.launch, expression)) as Frames;
  const cells = [frames / seconds, longest, percentile, batches / seconds].map((value) => value.toFixed(1));
  const [perSecond, gap, most, trained] = cells as [string, string, string, string];
  console.log(
    `${name.padEnd(20)} ${perSecond.padStart(10)} ${gap.padStart(10)} ms ${most.padStart(9)} ms ${trained.padStart(11)}`,
  );
}
