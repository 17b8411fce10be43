// All of isthmus without a kernel inside: `load` brings them, and every model is given what it resolves to. The bundle
// of this entry is made with `instead.ts` in the place of `#wasm`.

import * as isthmus from '../index.ts';

export * from '../index.ts';
export { type KernelSource, type KernelSources, load } from './load.ts';

type WithEngine = Required<Pick<isthmus.AutoencoderOptions, 'engine'>>;
type WithLayers = isthmus.LoadOptions & Required<Pick<isthmus.LoadOptions, 'layers' | 'engine'>>;

/** As in isthmus, with an engine: what `load` resolves to. */
export const autoencoder = isthmus.autoencoder as (
  spec: isthmus.AutoencoderSpec,
  options: isthmus.AutoencoderOptions & WithEngine,
) => Promise<isthmus.Model>;

/** As in isthmus, with an engine and the layers that the file may use. */
export const loadModel = isthmus.loadModel as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Model>;

/** As in isthmus, with an engine and the layers that the file may use. */
export const loadCheckpoint = isthmus.loadCheckpoint as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<{ model: isthmus.Model; history: isthmus.History }>;

/** As in isthmus, with an engine and the layers that the file may use. */
export const loadCodec = isthmus.loadCodec as <Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Codec<Values>>;

/** As in isthmus, with an engine and the layers that the file may use. */
export const loadDetector = isthmus.loadDetector as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Detector>;
