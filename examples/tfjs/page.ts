// The example in a page. It shows pictures without noise, with noise, and cleaned after each epoch.

import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { pictures, SIDE, train, withNoise } from './model.ts';

const SHOWN = 8;
const element = (id: string): HTMLElement => document.getElementById(id)!;

/** Draws the pictures in a row on a canvas. */
async function draw(id: string, batch: tf.Tensor4D): Promise<void> {
  const context = (element(id) as HTMLCanvasElement).getContext('2d')!;
  const values = await batch.data();
  for (let i = 0; i < SHOWN; i++) {
    const pixels = new ImageData(SIDE, SIDE);
    for (let p = 0; p < SIDE * SIDE; p++) {
      const value = 255 * values[i * SIDE * SIDE + p]!;
      pixels.data.set([value, value, value, 255], p * 4);
    }
    context.putImageData(pixels, i * (SIDE + 2), 0);
  }
}

/** Trains the model and shows each epoch. Gives the losses and the name of the backend. */
async function run(): Promise<{ backend: string; losses: number[] }> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend does not start');
  const clean = pictures(SHOWN, 9);
  const noisy = withNoise(clean, 9);
  await draw('clean', clean);
  await draw('noisy', noisy);
  const losses: number[] = [];
  const show = async (epoch: number, loss: number, model: LayersModel): Promise<void> => {
    losses.push(loss);
    element('losses').textContent += `epoch ${epoch + 1}: loss ${loss.toFixed(4)}\n`;
    const cleaned = model.predict(noisy) as tf.Tensor4D;
    await draw('cleaned', cleaned);
    cleaned.dispose();
  };
  await train(6, show);
  element('state').textContent = 'trained';
  return { backend: tf.getBackend(), losses };
}

// A test waits for this promise.
const result = run();
result.catch((error) => {
  element('state').textContent = String(error);
});
Object.assign(globalThis, { result });
