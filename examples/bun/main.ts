// A server that learns what is usual, and answers which of the windows it is sent are not. bun install, then bun start;
// PORT chooses where, 3000 otherwise.
//
//   curl --data '[[0.1, 0.2, …]]' localhost:3000
//
// It learns once: what it has learnt is in detector.safetensors, and there when it starts again.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { adam, anomalyDetector, autoencoder, type Detector, dense, fit, loadDetector } from 'isthmus';

const FILE = 'detector.safetensors';
const SIZE = 24;

/** Usual windows: waves that differ in height and in where they begin. Yours would come from a file. */
function usual(count: number): Float32Array<ArrayBuffer> {
  let state = 5;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = new Float32Array(count * SIZE);
  for (let n = 0; n < count; n++) {
    const [height, start] = [0.5 + random(), 6 * random()];
    for (let i = 0; i < SIZE; i++) x[n * SIZE + i] = height * Math.sin(start + i / 4) + 0.05 * random();
  }
  return x;
}

async function learn(): Promise<Detector> {
  const model = await autoencoder(
    {
      input: [SIZE],
      encoder: [dense({ units: 16, activation: 'relu' }), dense({ units: 4 })],
      decoder: [dense({ units: 16, activation: 'relu' }), dense({ units: SIZE })],
    },
    { seed: 1 },
  );
  const x = usual(3000);
  await fit(model, x.subarray(0, 2000 * SIZE), { epochs: 40, optimizer: adam(0.003) });
  const detector = await anomalyDetector(model, x.subarray(2000 * SIZE), { falsePositiveRate: 0.01 });
  writeFileSync(FILE, detector.save());
  return detector;
}

const detector = existsSync(FILE) ? await loadDetector(readFileSync(FILE)) : await learn();
console.log(`windows of ${SIZE}, threshold ${detector.threshold.toFixed(2)}`);

/** Windows to a score and a verdict each; what cannot be judged is said to whoever sent it. */
async function judge(request: Request): Promise<Response> {
  try {
    const windows: number[][] = await request.json();
    // A missing number would count as 0.
    if (!windows.flat().every(Number.isFinite))
      throw new TypeError('expected a list of windows, each a list of numbers');
    const x = windows.map((window) => Float32Array.from(window));
    const [scores, strange] = [detector.score(x), detector.detect(x)];
    return Response.json(strange.map((flag, i) => ({ strange: flag, score: scores[i] })));
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 400 });
  }
}

/** What Bun serves. */
export default { port: Number(process.env.PORT ?? 3000), hostname: 'localhost', fetch: judge };
