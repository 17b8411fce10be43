// Runs in a Cloudflare Worker: reports the error of spawn, and trains a model whose kernels are imported modules.

import { autoencoder, dense, fit, load, saveModel } from 'isthmus/slim';
import infer from 'isthmus/wasm/infer.strict.wasm';
import train from 'isthmus/wasm/train.strict.wasm';
import { spawn } from 'isthmus/worker';
import { sheetSamples } from '../../suites/assert.ts';

export default {
  async fetch(): Promise<Response> {
    const refused = await spawn().catch((error) => `${error.name} ${error.feature}`);
    const engine = await load({ infer, train });
    const spec = { input: [20], encoder: [dense({ units: 4 })], decoder: [dense({ units: 20 })] };
    const model = await autoencoder(spec, { engine, seed: 1 });
    await fit(model, sheetSamples(100, 20), { epochs: 2, deterministic: true });
    return Response.json({ refused, file: [...saveModel(model)] });
  },
};
