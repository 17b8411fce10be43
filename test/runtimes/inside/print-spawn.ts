// Runs in command-line runtimes: prints each outcome of the suites of isthmus/worker as a line of JSON. Without an explicit exit,
// this also shows that an idle worker does not keep the process alive.
import { run } from './spawn.ts';

for await (const outcome of run()) console.log(JSON.stringify(outcome));
