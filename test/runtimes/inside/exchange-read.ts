// For runtimes with a console: what they make of the parcels in a file beside, which needs no permission to read.
import { read } from './exchange.ts';

// @ts-expect-error it is written by the test
console.log(JSON.stringify(await read((await import('./parcels.js')).default)));
