// A Cloudflare Worker that finds abnormal windows of readings. A request is a list of windows of 24 readings as JSON; the
// response has a score and a verdict for each window.

import { type Detector, dense, loadDetector } from 'isthmus';
import file from '../detector.safetensors';

/** Bytes of the largest request: about 200 windows. */
const MAX_BYTES = 100_000;

/** Loaded at the first request, because a Worker may not start WebAssembly before. */
let detector: Promise<Detector> | undefined;

const refuse = (status: number, error: string): Response => Response.json({ error }, { status });

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'POST') return refuse(405, 'expected a POST of windows, such as [[0.1, 0.2, …]]');
    const bytes = Number(request.headers.get('content-length') ?? Number.NaN);
    if (!(bytes <= MAX_BYTES)) return refuse(413, `expected a content-length of at most ${MAX_BYTES} bytes`);
    // With the factories of its layers, the bundle has no others.
    detector ??= loadDetector(file, { layers: [dense] });
    const loaded = await detector;
    try {
      const windows: number[][] = await request.json();
      // Float32Array.from would turn a missing number into 0 or NaN.
      if (!Array.isArray(windows) || !windows.flat().every(Number.isFinite))
        throw new TypeError('expected a list of windows, each a list of numbers');
      const scores = loaded.score(windows.map((window) => Float32Array.from(window)));
      return Response.json([...scores].map((score) => ({ score, strange: score > loaded.threshold })));
    } catch (error) {
      return refuse(400, (error as Error).message);
    }
  },
};
