import { convAutoencoder, spawn } from 'isthmus/worker';
import { paint, shapes, side } from '../pictures.js';

const element = (id) => document.getElementById(id);
const epochs = 40;
const unseen = shapes(8, 99);
const samples = shapes(2000, 1);

/** Turns the wheel, and says how long a frame took at most while `busy`. */
let busy = false;
let longest = 0;
let frames = 0;
let last = performance.now();
function turn(now) {
  element('wheel').style.rotate = `${now / 5}deg`;
  if (busy) {
    longest = Math.max(longest, now - last);
    frames++;
    element('frames').textContent = `${frames} while it trains, the longest ${Math.round(longest)} ms`;
  }
  last = now;
  requestAnimationFrame(turn);
}
requestAnimationFrame(turn);
paint(element('given'), unseen);

const worker = await spawn();
let model = await worker.autoencoder(convAutoencoder({ input: [side, side, 1], latent: 8 }), { seed: 1 });
let history;
let stop;

async function train() {
  stop = new AbortController();
  busy = true;
  element('state').textContent = 'Training';
  element('go').disabled = true;
  element('cancel').disabled = false;
  try {
    history = await worker.fit(model, samples, {
      epochs,
      signal: stop.signal,
      ...(history && { resume: history }),
      onBatchEnd(batch, { epoch, batches }) {
        element('progress').value = (epoch + (batch + 1) / batches) / epochs;
      },
      async onEpochEnd(epoch, { loss }) {
        element('news').textContent = `epoch ${epoch + 1} of ${epochs}: error ${loss.toFixed(4)}`;
        paint(element('made'), await model.reconstruct(unseen));
      },
    });
    element('state').textContent = 'Trained';
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    // All that the run had come to, to go on with.
    ({ model, history } = await worker.loadCheckpoint(await worker.saveCheckpoint(model)));
    element('state').textContent = 'Cancelled';
  }
  busy = false;
  element('go').disabled = history?.epoch === epochs;
  element('go').textContent = 'Go on';
  element('cancel').disabled = true;
}

element('go').addEventListener('click', train);
element('cancel').addEventListener('click', () => stop.abort());
element('state').textContent = 'Ready';
element('go').disabled = false;
