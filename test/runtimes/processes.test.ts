// The suites in runtimes that are a command: older and newer Node, Deno without any permission, Bun.
import { everySuite, lacking, printed, tool } from './harness.ts';

// Node 20 is older than the version in package.json; it has all features that the package needs.
for (const version of [20, 22, 24]) {
  const path = `node${version}/bin/node`;
  everySuite(`Node ${version}`, lacking(path), () => printed(tool(path), 'print.js'));
}
const deno = '.bin/deno';
everySuite('Deno', lacking(deno), () => printed(tool(deno), 'run', '--quiet', '--no-prompt', 'print.js'));
const bun = '.bin/bun';
everySuite('Bun', lacking(bun), () => printed(tool(bun), 'run', 'print.js'));
