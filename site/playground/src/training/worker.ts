// The worker that trains. The page calls it through comlink.
import { expose, transfer } from 'comlink';
import { drawSet } from '../../../../tools/digits/draw.ts';
import type { TrainingWorker } from './protocol.ts';
import { Session } from './session.ts';
import { forget, latest, lockName, read } from './store.ts';

const id = crypto.getRandomValues(new Uint32Array(2)).join('-');
const session = new Session(id);
// The lock tells other tabs that this training has a page. The browser releases it when the tab closes.
navigator.locks?.request(lockName(id), () => new Promise(() => {}));

/** Moves the memory of a result to the page. */
const moved = <T extends ArrayBufferView<ArrayBuffer>>(values: T): T => transfer(values, [values.buffer]);

const api: TrainingWorker = {
  async drawDigits(count, seed) {
    const { images, labels } = drawSet(count, seed);
    return { images: moved(images as Uint8Array<ArrayBuffer>), labels: labels as Uint8Array<ArrayBuffer> };
  },
  start: (dataset, settings) => session.start(dataset, settings),
  train: (settings, onProgress) => session.train(settings, (progress) => onProgress(progress)),
  stop: () => session.stop(),
  reset: () => session.reset(),
  decode: async (code) => moved(session.model.decode(code)),
  generate: async (count, seed) => moved(session.generate(count, seed)),
  interpolate: async (from, to, steps) => moved(session.interpolate(from, to, steps)),
  save: async () => moved(session.save()),
  exportTo: async (format) => moved(await session.exportTo(format)),
  data: async () => moved(session.data()),
  copies: async () => session.copies(),
  load: (bytes) => session.load(new Uint8Array(bytes)),
  store: () => session.store(),
  saved: () => latest(),
  async restore(from) {
    const stored = await read(from);
    const started = await session.restore(stored);
    // The copy under the id of this tab comes first: then no moment has none.
    await session.store();
    await forget(from);
    return { started, settings: stored.settings, dataset: stored.dataset, history: stored.history };
  },
  discard: (from) => forget(from),
};

expose(api);
