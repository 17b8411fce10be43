// Servers for development put packages into a folder of their own, where the file of the worker is not. A page whose code is
// nothing but `spawn()` trains all the same, without any configuration.
import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { describe } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from '../runtimes/browser.ts';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { answerAt, fresh, main, page, trained } from './page.ts';

const tools = fileURLToPath(new URL('tools/node_modules/', import.meta.url));
const here = (name: string): string | undefined =>
  existsSync(tools + name) ? undefined : 'npm ci --prefix test/worker/tools did not succeed';
const project = { 'package.json': '{ "private": true, "type": "module" }' };

/** What a page says that Vite, from a folder, serves below `root`. */
async function served(vite: string, root: string, config: object = { configFile: false }) {
  const { createServer } = await import(pathToFileURL(`${vite}/dist/node/index.js`).href);
  // The package lies beside the project, as it does in a workspace.
  const server = { host: '127.0.0.1', port: 0, fs: { allow: [`${root}..`] } };
  const site = await createServer({ root, logLevel: 'silent', ...config, server });
  try {
    await site.listen();
    return await answerAt(site.resolvedUrls.local[0], chromium.launch);
  } finally {
    await site.close();
  }
}

describe('a worker under the development server of', () => {
  for (const [name, missing, path] of [
    ['Vite 4', here('vite4'), `${tools}vite4`],
    ['Vite 5', here('vite5'), `${tools}vite5`],
    ['Vite 6', here('vite6'), `${tools}vite6`],
    ['Vite 7', here('vite'), `${tools}vite`],
    ['Vite 8', lacking('vite'), tool('vite')],
  ] as const)
    needing(missing ?? chromium.missing, name, async () => {
      const root = fresh(`dev-${name.replace(' ', '-')}`, { ...project, 'index.html': page, 'main.js': main() });
      assert.deepEqual(await served(path, root), { answer: trained, errors: [] });
    });

  needing(here('@sveltejs/kit') ?? chromium.missing, 'SvelteKit 2', async () => {
    const root = fresh('dev-kit', {
      ...project,
      'svelte.config.js': 'export default {};',
      'vite.config.js':
        "import { sveltekit } from '@sveltejs/kit/vite'; export default { cacheDir: '.vite', plugins: [sveltekit()] };",
      'src/app.html': '<!doctype html><link rel="icon" href="data:,">%sveltekit.head%<div>%sveltekit.body%</div>',
      'src/routes/+page.svelte': `<script>
        import { onMount } from 'svelte';
        onMount(() => import('./main.js'));
      </script>`,
      'src/routes/main.js': main(),
    });
    symlinkSync(tools, `${root}node_modules`, 'junction');
    const cwd = process.cwd();
    // The configuration of Svelte is looked for there.
    process.chdir(root);
    try {
      assert.deepEqual(await served(`${tools}vite`, root, {}), { answer: trained, errors: [] });
    } finally {
      process.chdir(cwd);
    }
  });
});
