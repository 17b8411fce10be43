// One self-contained page: no script, nothing fetched.

import type { Model } from 'isthmus';
import { addNoise } from './noise.ts';
import { dataUri, oneOfEach, sheet } from './pictures.ts';
import { legend, lossCurves, map } from './plots.ts';
import { principal } from './principal.ts';
import type { Digits } from './source.ts';
import { style } from './style.ts';
import { comparison, type Figures, rows, total } from './table.ts';
import { NOISE, type Settings } from './train.ts';

export interface Results {
  readonly digits: Digits;
  readonly settings: Settings;
  readonly model: Pick<Model, 'encode' | 'reconstruct' | 'parameterCount'>;
  readonly history: Figures;
  readonly denoiser: Pick<Model, 'reconstruct'>;
  readonly denoising: Figures;
  /** Bytes of the saved model. */
  readonly size: number;
}

/** Test digits on the map of codes. */
const MAPPED = 1500;

const last = (values: readonly number[]): string => values[values.length - 1]!.toFixed(4);
const many = (value: number): string => value.toLocaleString('en');
const time = ({ seconds }: Figures): string => `${total(seconds).toFixed(1)} s`;
const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

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

async function curvesOf(history: Figures, denoising: Figures): Promise<string> {
  const curves = Object.entries({ autoencoder: history, denoiser: denoising }).flatMap(([model, figures]) => [
    { model, data: 'training', values: figures.loss },
    { model, data: 'test', values: figures.valLoss },
  ]);
  const fall = ({ valLoss }: Figures): string => `from ${valLoss[0]!.toFixed(4)} to ${last(valLoss)}`;
  const title = `Mean squared error on test digits, epoch by epoch: autoencoder ${fall(history)}, denoiser ${fall(denoising)}.`;
  return (await lossCurves(curves, title)) + legend(curves);
}

/** The report as HTML. */
export async function report(results: Results): Promise<string> {
  const { digits, settings, model, history, denoiser, denoising, size } = results;
  const { latent, batchSize, seed, epochs } = settings;
  const { images, classes } = oneOfEach(digits.test, digits.testLabels);
  const noisy = addNoise(images, NOISE, seed);
  const noise = noisy.reduce((sum, value, i) => sum + (value - images[i]! / 255) ** 2, 0) / noisy.length;
  const count = Math.min(MAPPED, digits.testLabels.length);
  const points = principal(model.encode(digits.test.subarray(0, count * 784)), latent);
  const shown = `One test digit of each class: ${classes.join(' ')}`;
  const dl = Object.entries({
    data: `${safe(digits.source)}; ${many(digits.train.length / 784)} to train on, ${many(digits.test.length / 784)} to test`,
    network: `784-${latent}-784, ReLU and sigmoid, ${many(model.parameterCount)} weights`,
    training: `Adam at 0.001, mean squared error, batch ${batchSize}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, seed ${seed}`,
    time: `${time(history)} for the autoencoder, ${time(denoising)} for the denoiser, validation included, one thread`,
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
<p>784 pixels through ${latent} numbers and back, trained with isthmus on ${safe(digits.source)}.</p>
<ul class="cards">
${card(last(history.valLoss), 'mean squared error on test digits')}
${card(time(history), `for ${history.loss.length} ${history.loss.length === 1 ? 'epoch' : 'epochs'}, one thread`)}
${card(many(model.parameterCount), 'weights')}
${card(`${Math.round(size / 1024)} KB`, 'saved model')}
</ul>

<h2>Seen again</h2>
<p>The first test digit of each class, and what comes back from ${latent} numbers.</p>
${figure(sheet([images, model.reconstruct(images)]), `${shown}; below each, its reconstruction, almost the same.`, 'Above, originals; below, reconstructions by the model that was saved and loaded again.')}

<h2>Cleaned</h2>
<p>A second model of the same size learnt to remove normal noise of deviation ${NOISE}. The noise alone is an error of ${noise.toFixed(4)}; what is left on test digits is ${last(denoising.valLoss)}.</p>
${figure(sheet([images, noisy, denoiser.reconstruct(noisy)]), `${shown}; below each, the same with heavy noise, then with the noise removed.`, 'Above, originals; in the middle, with noise; below, cleaned.')}

<h2>Learning</h2>
<p>${comparison(history, digits.drawn)}</p>
<div class="plot">${await curvesOf(history, denoising)}</div>
${tableOf(history)}

<h2>Inside</h2>
<p>The codes of ${many(count)} test digits, projected onto their two principal components. The model was never told the classes.</p>
<div class="plot">${await map(points, digits.testLabels, `Map of the codes of ${many(count)} test digits, a colour for each digit; digits of one class lie together, classes overlap.`)}</div>

<h2>Settings</h2>
<dl>${dl.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('\n')}</dl>
</main>
</body>
</html>
`;
}
