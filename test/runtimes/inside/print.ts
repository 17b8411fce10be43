// For runtimes with a console: a line of JSON for each outcome.
import { run } from './run.ts';

for await (const outcome of run()) console.log(JSON.stringify(outcome));
