// The same for runtimes with a console: a line of JSON for each outcome. The process ends by itself.
import { run } from './spawn.ts';

for await (const outcome of run()) console.log(JSON.stringify(outcome));
