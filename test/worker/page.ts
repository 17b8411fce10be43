// A page that trains in a worker, and what becomes of it in a browser.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium, type Launch, type Tab } from '../runtimes/browser.ts';
import { project } from '../runtimes/harness.ts';
import { serve } from '../runtimes/site.ts';

const inline = 'isthmus/worker-inline';

/** The number of parameters that `main` trains. */
export const trained = '22';

/** The code of a page: its global `answer` is a promise of what was trained, or of the error. */
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

/** The same with a worker that has no file, of the package's choice and as an option. */
export const inlined: string = main('spawn()', inline);
export const handed: string = main('spawn({ worker: inlineWorker() })').replace(
  'import',
  `import { inlineWorker } from '${inline}';\nimport`,
);

/** A page without an icon, which a browser would ask for. */
export const html = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${script}`;
export const page: string = html('<script type="module" src="/main.js"></script>');

/** An empty folder beside the installed package, with these files in it. */
export function fresh(name: string, files: Readonly<Record<string, string>>): string {
  const folder = `${project}worker-${name}/`;
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(folder + path), { recursive: true });
    writeFileSync(folder + path, text);
  }
  return folder;
}

/** What the page at a URL answers. */
export async function answerIn(tab: Tab, url: string): Promise<string> {
  await tab.open(url);
  for (let tries = 0; tries < 600; tries++) {
    // A server that finds a package late has the page load again, which ends an evaluation.
    const answer = await tab.evaluate('globalThis.answer ?? ""').catch(() => '');
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer: ${tab.errors}`);
}

/** The same in a browser of its own, and what stood in the console as an error. */
export async function answerAt(url: string, launch: Launch): Promise<{ answer: string; errors: readonly string[] }> {
  const tab = await launch();
  try {
    return { answer: await answerIn(tab, url), errors: tab.errors };
  } finally {
    await tab.close();
  }
}

/** The same of a folder's `main.js`. */
export async function answer(folder: string, launch: Launch = chromium.launch, script = page): Promise<string> {
  const site = await serve(folder, { '/': script });
  try {
    return (await answerAt(site.url, launch)).answer;
  } finally {
    site.close();
  }
}
