// The example in a Cloudflare Worker. Each request trains a model; the response has the losses. Workers may not compile
// bytes, so the WebAssembly module of the backend is imported and given to `loadWasmBackend`.

import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import * as tf from '@tensorflow/tfjs-core';
import { loadWasmBackend } from 'isthmus/tfjs';
import { train } from './model.ts';

let started: Promise<void> | undefined;

export default {
  async fetch(): Promise<Response> {
    started ??= loadWasmBackend(tf, { module: wasm });
    await started;
    const losses: number[] = [];
    const model = await train(3, (_, loss) => {
      losses.push(loss);
    });
    model.dispose();
    return Response.json({ backend: tf.getBackend(), losses });
  },
};
