// Runs in command-line runtimes: prints each outcome of the suites as a line of JSON.
import { run } from './run.ts';

for await (const outcome of run()) console.log(JSON.stringify(outcome));
