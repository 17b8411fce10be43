// The suites in runtimes that are a command: older and newer Node, Deno without any permission, Bun.
import { everySuite, found, printed, tool } from './harness.ts';

const missing = (path: string): string | undefined =>
  found(path) ? undefined : 'npm ci --prefix test/runtimes/tools did not succeed';

for (const version of [22, 24]) {
  const path = tool(`node${version}/bin/node`);
  everySuite(`Node ${version}`, missing(path), () => printed(path, 'print.js'));
}
const deno = tool('.bin/deno');
everySuite('Deno', missing(deno), () => printed(deno, 'run', '--quiet', '--no-prompt', 'print.js'));
const bun = tool('.bin/bun');
everySuite('Bun', missing(bun), () => printed(bun, 'run', 'print.js'));
