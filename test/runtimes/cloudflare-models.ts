// Models of the simulated pump of examples/cloudflare-worker-telemetry, trained as the owner of the pump would train them.
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
import { draw, LENGTH, profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';

export const channels = profile.channels.map(({ name }) => name);
export const input = [LENGTH, channels.length];
/** Number of values of a window; `DAY` is the length of a window in milliseconds. */
export const size = LENGTH * channels.length;
export const DAY = LENGTH * profile.period;
/** Maximum error of the codec, in units of the scale of a channel. */
export const BOUND = 0.02;

const specOf = (shape: readonly number[]) =>
  deepAutoencoder({ input: shape, latent: 8, hidden: [64], output: 'linear' });
export const spec = specOf(input);

/** A codec and a detector for windows of shape `input`, trained on `train`; `others` calibrate the detector. */
export async function modelsOf(
  input: readonly number[],
  train: Float32Array,
  others: Float32Array,
  seed: number,
): Promise<{ codec: Codec; detector: Detector }> {
  const model = await autoencoder(specOf(input), { seed });
  await fit(model, train, { epochs: 40, optimizer: adam(0.002), deterministic: true });
  const codec = await createCodec(model, train, { maxError: BOUND });
  // Calibrates on decompressed windows, as the Worker sees them: the error of the codec adds to the noise, and a threshold from
  // raw windows would flag twice as many.
  const normal = codec.decompress(codec.compress(others));
  return { codec, detector: await anomalyDetector(model, normal, { falsePositiveRate: 0.02 }) };
}

/** A codec and a detector of the pump; they depend on `seed`. */
export const models = (seed = 1): ReturnType<typeof modelsOf> =>
  modelsOf(input, draw(300, 10 + seed), draw(1000, 20 + seed), seed);
