// The bodies over `isthmus/worker`, in every runtime that has workers.

import { spawning } from '../suites/spawning.ts';
import { chromium, firefox, inPage, type Launch, webkit } from './browser.ts';
import { everySuite, found, printed, tool } from './harness.ts';
import type { Outcome } from './inside/run.ts';

const run = (name: string, path: string, ...args: string[]): void => {
  const missing = found(path) ? undefined : 'npm ci --prefix test/runtimes/tools did not succeed';
  everySuite(`a worker of ${name}`, missing, () => printed(path, ...args, 'print-spawn.js'), { spawning });
};
run('Node 26', process.execPath);
run('Node 22', tool('node22/bin/node'));
run('Node 24', tool('node24/bin/node'));
// A worker is a file that is read at run time.
run('Deno', tool('.bin/deno'), 'run', '--quiet', '--no-prompt', '--allow-read');
run('Bun', tool('.bin/bun'), 'run');

const all = (launch: Launch) => async (): Promise<Outcome[]> =>
  JSON.parse(await inPage(launch, "import('/spawn.js').then((suites) => suites.all()).then(JSON.stringify)"));
for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit }))
  everySuite(`a worker of ${name}`, missing, all(launch), { spawning });
