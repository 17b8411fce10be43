// The example in Node and Deno:
//
//   node main.ts
//   deno run --allow-read main.ts

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { train } from './model.ts';

if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend does not start');
await train(6, (epoch, loss) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)} on ${tf.getBackend()}`));
