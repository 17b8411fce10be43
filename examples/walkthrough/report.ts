// One self-contained page: no script, nothing fetched.

import type { History, Model } from 'isthmus';
import type { Digits } from './digits.ts';
import { addNoise } from './noise.ts';
import { dataUri, oneOfEach, sheet } from './pictures.ts';
import { lossCurves, map, principal } from './plots.ts';
import { comparison, heads, rows, total } from './table.ts';
import { NOISE, type Settings } from './training.ts';

export interface Results {
  readonly digits: Digits;
  readonly settings: Settings;
  readonly model: Model;
  readonly history: History;
  readonly denoiser: Model;
  readonly denoising: History;
  /** Bytes of the saved model. */
  readonly fileSize: number;
}

/** Test digits on the map of codes. */
const MAPPED = 1500;

const style = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #5c626d; --paper: #fff; --card: #f4f5f7; --line: #e1e4e8; --accent: #2463eb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #9aa1ac; --paper: #101216; --card: #191c22; --line: #2a2e36; --accent: #7aa5ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: clamp(26px, 5vw, 36px); line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.02em; }
h2 { font-size: 20px; margin: 48px 0 4px; }
p { margin: 4px 0 16px; color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; }
.cards div { background: var(--card); border-radius: 12px; padding: 14px 16px; }
.cards b { display: block; font-size: 24px; letter-spacing: -0.01em; color: var(--accent); }
.cards span { font-size: 13px; color: var(--soft); }
figure { margin: 0; }
figure img { display: block; width: 100%; image-rendering: pixelated; border-radius: 8px; }
figcaption { font-size: 13px; color: var(--soft); margin-top: 8px; }
.plot { background: var(--card); border-radius: 12px; padding: 16px; }
.plot svg { display: block; width: 100%; height: auto; }
.wide { overflow-x: auto; margin-top: 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 500; }
td:nth-child(n + 5), th:nth-child(n + 5) { color: var(--soft); }
`;

const last = (values: readonly number[]): number => values[values.length - 1]!;

const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const card = (value: string, label: string): string => `<div><b>${value}</b><span>${label}</span></div>`;

const figure = (png: Uint8Array, alt: string): string =>
  `<figure><img src="${dataUri(png)}" alt="${alt}"><figcaption>${alt}</figcaption></figure>`;

const cells = (tag: string, row: readonly string[]): string =>
  `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;

/** The report as HTML. */
export async function report({
  digits,
  settings,
  model,
  history,
  denoiser,
  denoising,
  fileSize,
}: Results): Promise<string> {
  const { latent, batchSize, seed, epochs } = settings;
  const shown = oneOfEach(digits.test, digits.testLabels);
  const noisy = addNoise(shown, NOISE, seed);
  const count = Math.min(MAPPED, digits.testLabels.length);
  const codes = model.encode(digits.test.subarray(0, count * 784));
  const noise = noisy.reduce((sum, value, i) => sum + (value - shown[i]! / 255) ** 2, 0) / noisy.length;
  const curves = await lossCurves([
    { name: 'autoencoder, training', values: history.loss },
    { name: 'autoencoder, test', values: history.valLoss },
    { name: 'denoiser, training', values: denoising.loss },
    { name: 'denoiser, test', values: denoising.valLoss },
  ]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>An autoencoder learns digits</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>An autoencoder learns digits</h1>
<p>784 pixels through ${latent} numbers and back, trained with isthmus. Data: ${safe(digits.source)}.</p>
<div class="cards">
${card(last(history.valLoss).toFixed(4), 'mean squared error, test digits')}
${card(`${total(history.seconds).toFixed(1)} s`, `${history.epoch} epochs, one thread`)}
${card(model.parameterCount.toLocaleString('en'), 'weights')}
${card(`${Math.round(fileSize / 1024)} KB`, 'saved model')}
</div>

<h2>Seen again</h2>
<p>The first test digit of each class, and what comes back from ${latent} numbers.</p>
${figure(sheet([shown, model.reconstruct(shown)]), 'Above, ten test digits; below, their reconstructions')}

<h2>Cleaned</h2>
<p>A second model of the same size learnt to remove normal noise of deviation ${NOISE}: the error falls from
${noise.toFixed(4)} to ${last(denoising.valLoss).toFixed(4)} on test digits it has not seen.</p>
${figure(sheet([shown, noisy, denoiser.reconstruct(noisy)]), 'Above, ten test digits; in the middle, with noise; below, cleaned')}

<h2>Learning</h2>
<p>Loss by epoch. ${comparison(history, digits.drawn)}</p>
<div class="plot">${curves}</div>
<div class="wide"><table>
<thead>${cells('th', heads)}</thead>
<tbody>${rows(history)
    .map((row) => cells('td', row))
    .join('\n')}</tbody>
</table></div>

<h2>Inside</h2>
<p>The codes of ${count.toLocaleString('en')} test digits, projected onto their two principal components. The model was never told the classes.</p>
<div class="plot">${await map(principal(codes, latent), digits.testLabels)}</div>

<h2>Settings</h2>
<p>784-${latent}-784, ReLU and sigmoid, Adam at 0.001, mean squared error, batch ${batchSize}, ${epochs} epochs, seed ${seed};
${(digits.train.length / 784).toLocaleString('en')} digits to train on, ${(digits.test.length / 784).toLocaleString('en')} to test.</p>
</main>
</body>
</html>
`;
}
