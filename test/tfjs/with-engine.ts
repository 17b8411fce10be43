import type * as isthmus from 'isthmus';
import type { Isthmus } from '../suites/assert.ts';

/** isthmus whose models use the engine that `engine` returns. */
export const withEngine = (i: Isthmus, engine: () => isthmus.EngineFactory): Isthmus => ({
  ...i,
  autoencoder: (spec, options = {}) =>
    i.autoencoder(spec, typeof options === 'object' && options !== null ? { engine: engine(), ...options } : options),
  loadModel: (source, options = {}) => i.loadModel(source, { engine: engine(), ...options }),
  loadCheckpoint: (source, options = {}) => i.loadCheckpoint(source, { engine: engine(), ...options }),
});
