// Runs in command-line runtimes: prints the digests of the decompressed parcels. Imports the parcels as a module, because a
// runtime without permissions cannot read files.
import { read } from './exchange.ts';

// @ts-expect-error it is written by the test
console.log(JSON.stringify(await read((await import('./parcels.js')).default)));
