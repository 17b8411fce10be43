import { convAutoencoder, spawn } from 'isthmus/worker';
import { drawShapes, showPictures, side } from './pictures.js';

const element = (id) => document.getElementById(id);
const epochs = 40;
const newPictures = drawShapes(8, 99);
const samples = drawShapes(2000, 1);

// The wheel turns in every frame. While a training runs, the page shows the number of frames and the longest one.
let training = false;
let longestFrame = 0;
let frames = 0;
let previousFrame = performance.now();
function turnWheel(now) {
  element('wheel').style.rotate = `${now / 5}deg`;
  if (training) {
    longestFrame = Math.max(longestFrame, now - previousFrame);
    frames++;
    element('frames').textContent = `${frames} while it trains, the longest ${Math.round(longestFrame)} ms`;
  }
  previousFrame = now;
  requestAnimationFrame(turnWheel);
}
requestAnimationFrame(turnWheel);
showPictures(element('originals'), newPictures);

const worker = await spawn();
let model = await worker.autoencoder(convAutoencoder({ input: [side, side, 1], latent: 8 }), { seed: 1 });
let history;
let controller;

async function train() {
  controller = new AbortController();
  training = true;
  element('state').textContent = 'Training';
  element('go').disabled = true;
  element('cancel').disabled = false;
  try {
    history = await worker.fit(model, samples, {
      epochs,
      signal: controller.signal,
      ...(history && { resume: history }),
      onBatchEnd(batch, { epoch, batches }) {
        element('progress').value = (epoch + (batch + 1) / batches) / epochs;
      },
      async onEpochEnd(epoch, { loss }) {
        element('message').textContent = `epoch ${epoch + 1} of ${epochs}: error ${loss.toFixed(4)}`;
        showPictures(element('reconstructions'), await model.reconstruct(newPictures));
      },
    });
    element('state').textContent = 'Trained';
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
    // The checkpoint has the weights and the state of the optimizer after the last step. Training continues from it.
    ({ model, history } = await worker.loadCheckpoint(await worker.saveCheckpoint(model)));
    element('state').textContent = 'Cancelled';
  }
  training = false;
  element('go').disabled = history?.epoch === epochs;
  element('go').textContent = 'Go on';
  element('cancel').disabled = true;
}

element('go').addEventListener('click', train);
element('cancel').addEventListener('click', () => controller.abort());
element('state').textContent = 'Ready';
element('go').disabled = false;
