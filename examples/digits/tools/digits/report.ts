// The report of the walk-through: one HTML page without scripts, with all pictures inside.

import { latentMap, type Model } from 'isthmus';
import { codeMap, legend, lossChart } from './charts.ts';
import { firstOfEachClass, imageSheet } from './image-sheet.ts';
import type { Digits } from './load.ts';
import { addNoise } from './noise.ts';
import type { Options } from './options.ts';
import { style } from './style.ts';
import { comparison, type Figures, rows, total } from './table.ts';

export interface Results {
  readonly digits: Digits;
  readonly options: Pick<Options, 'latent' | 'epochs' | 'batchSize' | 'seed'>;
  /** Standard deviation of the noise that the denoiser removes. */
  readonly noise: number;
  readonly model: Model;
  readonly history: Figures;
  readonly denoiser: Model;
  readonly denoising: Figures;
  /** Bytes of the saved model. */
  readonly size: number;
}

/** Maximum number of test digits on the map of codes. */
const MAX_MAPPED = 1500;

const lastOf = (values: readonly number[]): string => values[values.length - 1]!.toFixed(4);
const formatCount = (value: number): string => value.toLocaleString('en');
const timeOf = ({ seconds }: Figures): string => `${total(seconds).toFixed(1)} s`;
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

const card = (value: string, label: string): string => `<li><b>${value}</b> ${label}</li>`;

const figure = (png: Uint8Array, alt: string, caption: string): string =>
  `<figure><img src="${dataUri(png)}" alt="${alt}"><figcaption>${caption}</figcaption></figure>`;

const row = (cells: readonly string[], tag = 'td'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;

const tableOf = (history: Figures): string => `<div class="wide"><table>
<thead><tr class="groups"><th></th><th colspan="3" scope="colgroup">isthmus</th><th colspan="3" scope="colgroup">Keras, as published</th></tr>
${row(['epoch', 'loss', 'val_loss', 'time', 'loss', 'val_loss', 'time'], 'th scope="col"').replaceAll('</th scope="col">', '</th>')}</thead>
<tbody>${rows(history)
  .map((cells) => row(cells))
  .join('\n')}</tbody>
</table></div>`;

async function lossChartOf(history: Figures, denoising: Figures): Promise<string> {
  const curves = Object.entries({ autoencoder: history, denoiser: denoising }).flatMap(([model, figures]) => [
    { model, data: 'training', values: figures.loss },
    { model, data: 'test', values: figures.valLoss },
  ]);
  const fall = ({ valLoss }: Figures): string => `from ${valLoss[0]!.toFixed(4)} to ${lastOf(valLoss)}`;
  const title = `Mean squared error on test digits, epoch by epoch: autoencoder ${fall(history)}, denoiser ${fall(denoising)}.`;
  return (await lossChart(curves, title)) + legend(curves);
}

/** The report as HTML. */
export async function report(results: Results): Promise<string> {
  const { digits, options, noise, model, history, denoiser, denoising, size } = results;
  const { latent, batchSize, seed, epochs } = options;
  const { images, classes } = firstOfEachClass(digits.test, digits.testLabels);
  const noisy = addNoise(images, noise, seed);
  const noiseError = noisy.reduce((sum, value, i) => sum + (value - images[i]! / 255) ** 2, 0) / noisy.length;
  const mapped = Math.min(MAX_MAPPED, digits.testLabels.length);
  const points = latentMap(model, digits.test.subarray(0, mapped * 784));
  const shown = `One test digit of each class: ${classes.join(' ')}`;
  const dl = Object.entries({
    data: `${escapeHtml(digits.source)}; ${formatCount(digits.train.length / 784)} to train on, ${formatCount(digits.test.length / 784)} to test`,
    network: `784-${latent}-784, ReLU and sigmoid, ${formatCount(model.parameterCount)} weights`,
    training: `Adam at 0.001, mean squared error, batch ${batchSize}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, seed ${seed}`,
    time: `${timeOf(history)} for the autoencoder, ${timeOf(denoising)} for the denoiser, validation included, one thread`,
  });
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
<p>784 pixels through ${latent} numbers and back, trained with isthmus on ${escapeHtml(digits.source)}.</p>
<ul class="cards">
${card(lastOf(history.valLoss), 'mean squared error on test digits')}
${card(timeOf(history), `for ${history.loss.length} ${history.loss.length === 1 ? 'epoch' : 'epochs'}, one thread`)}
${card(formatCount(model.parameterCount), 'weights')}
${card(`${Math.round(size / 1024)} KB`, 'saved model')}
</ul>

<h2>Seen again</h2>
<p>The first test digit of each class, and what comes back from ${latent} numbers.</p>
${figure(imageSheet([images, model.reconstruct(images)]), `${shown}; below each, its reconstruction, almost the same.`, 'Above, originals; below, reconstructions by the model that was saved and loaded again.')}

<h2>Cleaned</h2>
<p>A second model of the same size learnt to remove normal noise of deviation ${noise}. The noise alone is an error of ${noiseError.toFixed(4)}; what is left on test digits is ${lastOf(denoising.valLoss)}.</p>
${figure(imageSheet([images, noisy, denoiser.reconstruct(noisy)]), `${shown}; below each, the same with heavy noise, then with the noise removed.`, 'Above, originals; in the middle, with noise; below, cleaned.')}

<h2>Learning</h2>
<p>${comparison(history, digits.drawn)}</p>
<div class="plot">${await lossChartOf(history, denoising)}</div>
${tableOf(history)}

<h2>Inside</h2>
<p>The codes of ${formatCount(mapped)} test digits, projected onto their two principal components. The model was never told the classes.</p>
<div class="plot">${await codeMap(points, digits.testLabels, `Map of the codes of ${formatCount(mapped)} test digits, a colour for each digit; digits of one class lie together, classes overlap.`)}</div>

<h2>Settings</h2>
<dl>${dl.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('\n')}</dl>
</main>
</body>
</html>
`;
}
