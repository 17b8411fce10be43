// Pages that train in a worker, and functions that open them in a browser and return their answer.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium, type Launch, type Tab } from '../runtimes/browser.ts';
import { project } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';

const inline = 'isthmus/worker-inline';

/** The answer of `main`: the number of parameters of its model. */
export const trained = '22';

/** The code of a page: its global `answer` is a promise of the number of trained parameters, or of the error message. */
export const main = (spawned = 'spawn()', from = 'isthmus/worker'): string =>
  `
import { dense, inlineWorker, spawn } from '${from}';
globalThis.answer = (async () => {
  const worker = await ${spawned};
  const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
  const model = await worker.autoencoder(spec, { seed: 1 });
  await worker.fit(model, new Float32Array(8));
  worker.terminate();
  return String(model.parameterCount);
})().catch((error) => error.name + ': ' + error.message);`.replace(from === inline ? '' : 'inlineWorker, ', '');

/** `main` with an inline worker: by the entry isthmus/worker-inline, and by the option `worker`. */
export const inlined: string = main('spawn()', inline);
export const withInlineOption: string = main('spawn({ worker: inlineWorker() })').replace(
  'import',
  `import { inlineWorker } from '${inline}';\nimport`,
);

/** A page with an empty icon, so that the browser does not request one. */
export const html = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${script}`;
export const page: string = html('<script type="module" src="/main.js"></script>');

/** Creates a folder in the project of the installed package that contains only these files. */
export function fresh(name: string, files: Readonly<Record<string, string>>): string {
  const folder = `${project}worker-${name}/`;
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(folder + path), { recursive: true });
    writeFileSync(folder + path, text);
  }
  return folder;
}

/** The answer of the page at a URL. */
export async function answerIn(tab: Tab, url: string): Promise<string> {
  await tab.open(url);
  for (let tries = 0; tries < 600; tries++) {
    // A development server reloads the page when it finds a new dependency, which rejects a running evaluation.
    const answer = await tab.evaluate('globalThis.answer ?? ""').catch(() => '');
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer: ${tab.errors}`);
}

/** The answer of the page at a URL in a new browser, and the errors in its console. */
export async function answerAt(url: string, launch: Launch): Promise<{ answer: string; errors: readonly string[] }> {
  const tab = await launch();
  try {
    return { answer: await answerIn(tab, url), errors: tab.errors };
  } finally {
    await tab.close();
  }
}

/** The answer of a page that loads `main.js` of a folder. */
export async function answer(folder: string, launch: Launch = chromium.launch, script = page): Promise<string> {
  const site = await serve(folder, { '/': script });
  try {
    return (await answerAt(site.url, launch)).answer;
  } finally {
    site.close();
  }
}
