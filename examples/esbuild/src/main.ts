// Compresses readings with a bound on every error. npm install, then npm start; or npm run build, and serve this folder.
import { adam, autoencoder, createCodec, dense, fit, loadCodec } from 'isthmus';
import { vibration } from './vibration.ts';

const WINDOW = 64;
const readings = vibration(250_000 - (250_000 % WINDOW));
const few = readings.subarray(0, 1000 * WINDOW);

const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 32, activation: 'tanh' }), dense({ units: 6 })],
    decoder: [dense({ units: 32, activation: 'tanh' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
await fit(model, few, { epochs: 30, optimizer: adam(0.003) });

const rows = document.querySelector('tbody')!;
const addRow = (...cells: string[]): void => {
  const row = rows.insertRow();
  for (const cell of cells) row.insertCell().textContent = cell;
};
const share = (bytes: number): string => `${((100 * bytes) / readings.byteLength).toFixed(1)} %`;

/** Bytes after gzip, which knows nothing of numbers. */
async function gzipped(values: Float32Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([values]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
const zipped = await gzipped(readings);
addRow('none, by gzip', zipped.toLocaleString('en'), share(zipped), '0');

for (const maxError of [0.001, 0.01, 0.1]) {
  const codec = await createCodec(model, few, { maxError });
  const [file, bytes] = [codec.save(), codec.compress(readings)];
  // Elsewhere, the file of the codec is all that is needed.
  const back = (await loadCodec(file)).decompress(bytes);
  const worst = back.reduce((most, value, i) => Math.max(most, Math.abs(value - readings[i]!)), 0);
  const size = file.length + bytes.length;
  addRow(String(maxError), size.toLocaleString('en'), share(size), worst.toPrecision(6));
}
document.querySelector('output')!.textContent = 'The codec itself is counted.';
