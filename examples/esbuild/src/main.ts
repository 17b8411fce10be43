// Compresses readings with a maximum error. Run `npm install && npm start`, or `npm run build` and serve this folder.
import { adam, autoencoder, createCodec, dense, fit, loadCodec } from 'isthmus';
import { drawVibration } from './vibration.ts';

const WINDOW = 64;
const readings = drawVibration(250_000 - (250_000 % WINDOW));
const firstReadings = readings.subarray(0, 1000 * WINDOW);

const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 32, activation: 'tanh' }), dense({ units: 6 })],
    decoder: [dense({ units: 32, activation: 'tanh' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
await fit(model, firstReadings, { epochs: 30, optimizer: adam(0.003) });

const rows = document.querySelector('tbody')!;
const addRow = (...cells: string[]): void => {
  const row = rows.insertRow();
  for (const cell of cells) row.insertCell().textContent = cell;
};
const share = (bytes: number): string => `${((100 * bytes) / readings.byteLength).toFixed(1)} %`;

/** Bytes after gzip, for comparison. */
async function gzipSize(values: Float32Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([values]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
const gzipBytes = await gzipSize(readings);
addRow('none, by gzip', gzipBytes.toLocaleString('en'), share(gzipBytes), '0');

for (const maxError of [0.001, 0.01, 0.1]) {
  const codec = await createCodec(model, firstReadings, { maxError });
  const [file, bytes] = [codec.save(), codec.compress(readings)];
  // The receiver needs only the file of the codec.
  const received = (await loadCodec(file)).decompress(bytes);
  const largestError = received.reduce((max, value, i) => Math.max(max, Math.abs(value - readings[i]!)), 0);
  const size = file.length + bytes.length;
  addRow(String(maxError), size.toLocaleString('en'), share(size), largestError.toPrecision(6));
}
document.querySelector('output')!.textContent = 'The bytes include the file of the codec.';
