// For runtimes with a console: the parcels as JSON.
import { make } from './exchange.ts';

console.log(JSON.stringify(await make()));
