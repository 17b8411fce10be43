// Compresses a column of readings into one file with a maximum error, and decompresses it. Install the package with
// `npm install` or `deno install`; without package.json, with `deno add npm:isthmus`.
//
//   deno task pack readings.csv readings.packed 0.01
//   deno task unpack readings.packed readings.csv
//
// The model is trained on the readings themselves. The packed file contains the model.

import { adam, autoencoder, createCodec, dense, fit, loadCodec } from 'isthmus';

const WINDOW = 32;
/** Bytes of the header: the number of readings, their mean and the size of the codec, as 64-bit floats. */
const HEADER_BYTES = 24;

/** The last column of a CSV file. Lines without a number there, such as a header, are skipped. */
function parse(text: string): number[] {
  const cells = text.split(/\r?\n/).map((line) =>
    line
      .split(/[,;\t]/)
      .at(-1)!
      .trim(),
  );
  return cells.filter((cell) => cell !== '' && Number.isFinite(Number(cell))).map(Number);
}

async function pack(readings: number[], maxError: number): Promise<Uint8Array<ArrayBuffer>> {
  const count = readings.length;
  if (count < 100 * WINDOW) throw new RangeError(`expected at least ${100 * WINDOW} readings, got ${count}`);
  // Training works best with values around 0. The mean also fills the last window, where it has become 0.
  const mean = readings.reduce((sum, value) => sum + value, 0) / count;
  const x = new Float32Array(Math.ceil(count / WINDOW) * WINDOW);
  x.set(readings.map((value) => value - mean));

  const model = await autoencoder(
    {
      input: [WINDOW],
      encoder: [dense({ units: 24, activation: 'tanh' }), dense({ units: 6 })],
      decoder: [dense({ units: 24, activation: 'tanh' }), dense({ units: WINDOW })],
    },
    { seed: 1 },
  );
  await fit(model, x, { epochs: 40, optimizer: adam(0.005) });
  const codec = await createCodec(model, x, { maxError });
  const [file, bytes] = [codec.save(), codec.compress(x)];
  const header = new Float64Array([count, mean, file.length]);
  return new Uint8Array(await new Blob([header, file, bytes]).arrayBuffer());
}

async function unpack(packed: Uint8Array<ArrayBuffer>): Promise<number[]> {
  const [count, mean, size] = new Float64Array(packed.slice(0, HEADER_BYTES).buffer);
  const codec = await loadCodec(packed.subarray(HEADER_BYTES, HEADER_BYTES + size!));
  const values = codec.decompress(packed.subarray(HEADER_BYTES + size!));
  return Array.from(values.subarray(0, count), (value) => value + mean!);
}

const [command, from, to, bound = '0.01'] = Deno.args;
if (command === 'pack' && from && to) {
  const text = await Deno.readTextFile(from);
  const packed = await pack(parse(text), Number(bound));
  await Deno.writeFile(to, packed);
  console.log(`${text.length} bytes of text became ${packed.length}, the model included`);
} else if (command === 'unpack' && from && to) {
  const readings = await unpack(await Deno.readFile(from));
  await Deno.writeTextFile(to, `${readings.join('\n')}\n`);
  console.log(`${readings.length} readings`);
} else {
  console.error('usage: deno task pack readings.csv packed [largest error] | deno task unpack packed readings.csv');
  Deno.exit(1);
}
