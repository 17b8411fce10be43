// A server that detects abnormal windows of readings. It learns from normal ones at its first start, and stores the
// detector in detector.safetensors for the next start.
//
//   bun install && bun start
//
// The server listens on the port $PORT, by default 3000. A request is a list of windows:
//
//   curl --data '[[0.1, 0.2, …]]' localhost:3000

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { adam, anomalyDetector, autoencoder, type Detector, dense, fit, loadDetector } from 'isthmus';

const FILE = 'detector.safetensors';
/** Readings in a window. */
const WINDOW = 24;

/** Draws normal windows: waves of varying height and phase. Your own would come from a file. */
function normalWindows(count: number): Float32Array<ArrayBuffer> {
  let state = 5;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = new Float32Array(count * WINDOW);
  for (let n = 0; n < count; n++) {
    const [height, phase] = [0.5 + random(), 6 * random()];
    for (let i = 0; i < WINDOW; i++) x[n * WINDOW + i] = height * Math.sin(phase + i / 4) + 0.05 * random();
  }
  return x;
}

async function train(): Promise<Detector> {
  const model = await autoencoder(
    {
      input: [WINDOW],
      encoder: [dense({ units: 16, activation: 'relu' }), dense({ units: 4 })],
      decoder: [dense({ units: 16, activation: 'relu' }), dense({ units: WINDOW })],
    },
    { seed: 1 },
  );
  const x = normalWindows(3000);
  await fit(model, x.subarray(0, 2000 * WINDOW), { epochs: 40, optimizer: adam(0.003) });
  const detector = await anomalyDetector(model, x.subarray(2000 * WINDOW), { falsePositiveRate: 0.01 });
  writeFileSync(FILE, detector.save());
  return detector;
}

const detector = existsSync(FILE) ? await loadDetector(readFileSync(FILE)) : await train();
console.log(`windows of ${WINDOW}, threshold ${detector.threshold.toFixed(2)}`);

/** Answers a list of windows with a score and a verdict for each, and an invalid request with its error. */
async function respond(request: Request): Promise<Response> {
  try {
    const windows: number[][] = await request.json();
    // Float32Array.from would turn a missing number into 0 or NaN.
    if (!windows.flat().every(Number.isFinite))
      throw new TypeError('expected a list of windows, each a list of numbers');
    const x = windows.map((window) => Float32Array.from(window));
    const [scores, flags] = [detector.score(x), detector.detect(x)];
    return Response.json(flags.map((flag, i) => ({ strange: flag, score: scores[i] })));
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 400 });
  }
}

/** Bun starts a server from the default export. */
export default { port: Number(process.env.PORT ?? 3000), hostname: 'localhost', fetch: respond };
