// Development servers copy packages into a cache folder that lacks the file of the worker. A page that calls `spawn()` without
// options must train without any configuration.
import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { describe } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from '../runtimes/browser.ts';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { answerAt, fresh, main, page, trained } from './page.ts';

const tools = fileURLToPath(new URL('tools/node_modules/', import.meta.url));
const missingTool = (name: string): string | undefined =>
  existsSync(tools + name) ? undefined : 'npm ci --prefix test/worker/tools did not succeed';
const project = { 'package.json': '{ "private": true, "type": "module" }' };

/** The answer of the page that the Vite of a folder serves from `root`. */
async function served(vite: string, root: string, config: object = { configFile: false }) {
  const { createServer } = await import(pathToFileURL(`${vite}/dist/node/index.js`).href);
  // The package is outside of the project, as in a workspace.
  const server = { host: '127.0.0.1', port: 0, fs: { allow: [`${root}..`] } };
  const site = await createServer({ root, logLevel: 'silent', ...config, server });
  try {
    await site.listen();
    return await answerAt(site.resolvedUrls.local[0], chromium.launch);
  } finally {
    await site.close();
  }
}

describe('a page of a development server trains in a worker', () => {
  for (const [name, missing, path] of [
    ['Vite 4', missingTool('vite4'), `${tools}vite4`],
    ['Vite 5', missingTool('vite5'), `${tools}vite5`],
    ['Vite 6', missingTool('vite6'), `${tools}vite6`],
    ['Vite 7', missingTool('vite'), `${tools}vite`],
    ['Vite 8', lacking('vite'), tool('vite')],
  ] as const)
    needing(missing ?? chromium.missing, name, async () => {
      const root = fresh(`dev-${name.replace(' ', '-')}`, { ...project, 'index.html': page, 'main.js': main() });
      assert.deepEqual(await served(path, root), { answer: trained, errors: [] });
    });

  needing(missingTool('@sveltejs/kit') ?? chromium.missing, 'SvelteKit 2', async () => {
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
    // SvelteKit reads svelte.config.js from the current folder.
    process.chdir(root);
    try {
      assert.deepEqual(await served(`${tools}vite`, root, {}), { answer: trained, errors: [] });
    } finally {
      process.chdir(cwd);
    }
  });
});
