// Runs in command-line runtimes: prints the parcels as JSON.
import { make } from './exchange.ts';

console.log(JSON.stringify(await make()));
