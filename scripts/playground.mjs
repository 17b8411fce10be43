// `npm run playground`: builds the package, installs the packages of the playground, starts its development server and prints the
// address. `-- --build` makes the static site in site/playground/dist instead. Other arguments go to Vite: `-- --port 8080`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installTools } from './runtimes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a script of Node and ends with its exit code where that is not 0. */
function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('scripts/build.mjs');
installTools('the playground', 'site/playground');
const others = process.argv.slice(2).filter((argument) => argument !== '--build');
const command = process.argv.includes('--build') ? 'build' : 'dev';
run('site/playground/node_modules/vite/bin/vite.js', command, 'site/playground', ...others);
