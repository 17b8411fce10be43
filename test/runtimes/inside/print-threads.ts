// Runs in command-line runtimes: prints what threads.ts found as a line of JSON.
import { report } from './threads.ts';

console.log(JSON.stringify(await report()));
