// The suites of `isthmus/worker`, in every runtime that has workers.

import { spawning } from '../suites/spawning.ts';
import { spawningFiles } from '../suites/spawning-files.ts';
import { spawningSamples } from '../suites/spawning-samples.ts';
import { spawningTurns } from '../suites/spawning-turns.ts';
import { chromium, firefox, inPage, type Launch, webkit } from './browser.ts';
import { everySuite, lacking, printed, tool } from './harness.ts';
import type { Outcome } from './inside/run.ts';

const run = (name: string, path: string | undefined, ...args: string[]): void => {
  const [command, missing] = path ? [tool(path), lacking(path)] : [process.execPath, undefined];
  everySuite(`a worker of ${name}`, missing, () => printed(command, ...args, 'print-spawn.js'), {
    spawning,
    spawningFiles,
    spawningSamples,
    spawningTurns,
  });
};
run('Node 26', undefined);
run('Node 22', 'node22/bin/node');
run('Node 24', 'node24/bin/node');
run('Deno', '.bin/deno', 'run', '--quiet', '--no-prompt');
run('Bun', '.bin/bun', 'run');

const all = (launch: Launch) => async (): Promise<Outcome[]> =>
  JSON.parse(await inPage(launch, "import('/spawn.js').then((suites) => suites.all()).then(JSON.stringify)"));
for (const [name, { missing, launch }] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKit: webkit }))
  everySuite(`a worker of ${name}`, missing, all(launch), { spawning, spawningFiles, spawningSamples, spawningTurns });
