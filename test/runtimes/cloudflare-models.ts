// Models of the pump that examples/cloudflare-worker draws, as its owner would make them.
import {
  adam,
  anomalyDetector,
  autoencoder,
  type Codec,
  createCodec,
  type Detector,
  deepAutoencoder,
  fit,
} from 'isthmus';
import { draw, LENGTH, profile } from '../../examples/cloudflare-worker/device/telemetry.ts';

export const channels = profile.channels.map(({ name }) => name);
export const input = [LENGTH, channels.length];
/** Values of a window, and its milliseconds. */
export const size = LENGTH * channels.length;
export const DAY = LENGTH * profile.period;
/** No value of a codec is wrong by more, in units of its channel's scale. */
export const BOUND = 0.02;

const specOf = (shape: readonly number[]) =>
  deepAutoencoder({ input: shape, latent: 8, hidden: [64], output: 'linear' });
export const spec = specOf(input);

/** A codec and a detector of windows of a shape, such as `train`; `others` of them calibrate. */
export async function modelsOf(
  input: readonly number[],
  train: Float32Array,
  others: Float32Array,
  seed: number,
): Promise<{ codec: Codec; detector: Detector }> {
  const model = await autoencoder(specOf(input), { seed });
  await fit(model, train, { epochs: 40, optimizer: adam(0.002), deterministic: true });
  const codec = await createCodec(model, train, { maxError: BOUND });
  // On what the Worker sees: the codec's error adds to the noise, and a threshold without it flags twice as many.
  const normal = codec.decompress(codec.compress(others));
  return { codec, detector: await anomalyDetector(model, normal, { falsePositiveRate: 0.02 }) };
}

/** A codec and a detector of the pump; another `seed`, others. */
export const models = (seed = 1): ReturnType<typeof modelsOf> =>
  modelsOf(input, draw(300, 10 + seed), draw(1000, 20 + seed), seed);
