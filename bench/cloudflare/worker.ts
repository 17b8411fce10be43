// The Worker of the measurements. It calls the functions of the example as often as a request asks for.

import type { Case } from './data.ts';

/** The code of the Worker. The models of a case are modules of it, so that the first request loads no other data. */
export const code = (profile: Case['profile']): string => `
import { loadCodec, loadDetector } from 'isthmus';
import { score } from './cloudflare-worker/src/score.ts';
import { slice } from './cloudflare-worker/src/slice.ts';
import codecFile from './codec.bin';
import detectorFile from './detector.bin';
// The heap of an isolate does not count the memories of WebAssembly.
const memories = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor) {
    super(descriptor);
    memories.push(this);
  }
};
const profile = ${JSON.stringify(profile)};
const kept = [];
let checkpoint;
async function models() {
  kept.push({ codec: await loadCodec(codecFile), detector: await loadDetector(detectorFile) });
}
export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const n = Number(searchParams.get('n') ?? 1);
    const body = new Uint8Array(await request.arrayBuffer());
    if (pathname === '/models') for (let i = 0; i < n; i++) await models();
    if (pathname === '/memory') return Response.json(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
    if (pathname === '/score') {
      if (!kept.length) await models();
      const [{ codec, detector }] = kept;
      let anomalies = 0;
      for (let i = 0; i < n; i++) {
        const reader = codec.open(body);
        anomalies = score(detector, reader.samples(0, reader.length), { profile, length: codec.inputShape[0], from: 0 }).anomalies.length;
      }
      return Response.json(anomalies);
    }
    if (pathname === '/slice') {
      const input = [24, profile.channels.length];
      const task = { input, x: new Float32Array(body.buffer), epochs: 1e6, seed: 1 };
      checkpoint = (await slice(task, checkpoint?.buffer, n)).checkpoint;
    }
    return Response.json(kept.length);
  },
};`;

export const empty = 'export default { fetch: () => new Response("") };';
