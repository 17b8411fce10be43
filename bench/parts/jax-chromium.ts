// The convolutional step of jax-js and of isthmus in a page of Chromium that may share memory with workers.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from '../../test/runtimes/browser.ts';
import { isolated, serve } from '../../test/runtimes/site.ts';
import type { Part } from '../part.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}jax-page.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

export const jaxChromiumPart: Part = {
  name: 'jax-chromium',
  async run({ print, quick }) {
    if (chromium.missing) {
      print(`\njax-js in Chromium: ${chromium.missing}`);
      return { figures: {}, report: { missing: chromium.missing } };
    }
    const page = '<!doctype html><meta charset="utf-8"><title>jax-js</title>';
    const site = await serve(folder, { '/': page, '/page.js': await bundlePage() }, undefined, isolated);
    const tab = await chromium.launch();
    try {
      await tab.open(site.url);
      const cores = Number(await tab.evaluate('String(crossOriginIsolated ? navigator.hardwareConcurrency : 0)'));
      if (cores === 0) throw new Error('the page expected to be isolated');
      const run = `import('/page.js').then((m) => m.measureInPage(${quick ? 3 : 5})).then(JSON.stringify)`;
      const { theirs, ours } = JSON.parse(await tab.evaluate(run)) as { theirs: number; ours: number };
      print(
        `\nconv step in Chromium: jax-js ${theirs.toFixed(0)} ms on ${cores} cores, isthmus ${ours.toFixed(2)} ms on one: ${(theirs / ours).toFixed(0)} ×`,
      );
      return { figures: { 'conv-step-jax-chromium': theirs / ours }, report: { theirs, ours, cores } };
    } finally {
      await tab.close();
      site.close();
    }
  },
};
