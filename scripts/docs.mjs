// `npm run docs`: builds the guide with the playground inside, serves it and prints the address. `-- --build` only builds it,
// to site/guide/dist or `-- --out FOLDER`. `-- --base /isthmus/` builds it for a path of a server.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installTools } from './runtimes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    build: { type: 'boolean' },
    base: { type: 'string', default: '/' },
    port: { type: 'string', default: '4173' },
    out: { type: 'string', default: 'site/guide/dist' },
  },
});
const out = resolve(root, values.out);
if (!/^\/(?:[\w.-]+\/)*$/.test(values.base)) throw new RangeError(`"--base" expected /path/, got ${values.base}`);
const env = { ...process.env, DOCS_BASE: values.base };

/** Runs a script of Node and ends with its exit code where that is not 0. */
function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('scripts/build.mjs');
installTools('the playground', 'site/playground');
installTools('the guide', 'site/guide');
run('site/playground/node_modules/vite/bin/vite.js', 'build', 'site/playground', '--logLevel', 'warn');
run('site/guide/tools/main.mjs');
const vitepress = 'site/guide/node_modules/vitepress/bin/vitepress.js';
run(vitepress, 'build', 'site/guide', '--outDir', out);
if (!values.build) run(vitepress, 'preview', 'site/guide', '--port', values.port);
