// Takes posted readings: decompresses, scores and stores them, compressed as posted.

import type { Codec, Detector } from 'isthmus';
import { MAX_VALUES, MAX_WINDOWS, store } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { iso, MAX_READINGS_BYTES, readBody, time, wrong } from './input.ts';
import { codecs, detectors, LostFile } from './models.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';
import { missing, score } from './score.ts';

/** Decompresses windows. Errors: FormatError; 413 for too much data, before anything is decompressed. */
function decompress(codec: Codec, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const reader = codec.open(bytes, { maxBytes: 4 * MAX_VALUES });
  if (reader.length > MAX_WINDOWS)
    throw new Problem(413, 'too-many', `"body" expected at most ${MAX_WINDOWS} windows, got ${reader.length}`);
  if (!reader.length) throw wrong('body', 'a window at least', 0);
  return reader.samples(0, reader.length);
}

interface Models {
  readonly device: Device & { readonly codec: string };
  readonly codec: Codec;
  readonly detector?: Detector;
  /** The reason why the detector of the device cannot score. */
  readonly problem?: string;
}

/** A device and its models, all of one row of D1. Errors: 404; 409 for a device without a codec. */
async function modelsOf(env: Env, id: string): Promise<Models> {
  for (let again = false; ; again = true) {
    const row = await deviceOf(env, id);
    const { codec: codecKey, detector: detectorKey } = row;
    if (!codecKey) throw new Problem(409, 'no-codec', `"${id}" expected a device with a codec, got one without`);
    const device = { ...row, codec: codecKey };
    try {
      const codec = await codecs.get(env.MODELS, codecKey);
      if (!detectorKey) return { device, codec };
      const detector = await detectors.get(env.MODELS, detectorKey).catch((error: unknown) => {
        if (again && error instanceof LostFile) return undefined;
        throw error;
      });
      if (!detector) return { device, codec, problem: 'the file of the detector is lost: put it again' };
      if (detector.model.inputShape.join() === codec.inputShape.join()) return { device, codec, detector };
      return { device, codec, problem: `the detector is for windows of [${detector.model.inputShape}]` };
    } catch (error) {
      // Another request may have replaced the model. Read the row again, once.
      if (again || !(error instanceof LostFile)) throw error;
    }
  }
}

/** The scores, or `null` if the detector is missing or fails. A failure must not prevent that the readings are stored. */
function scoresOf({ detector, problem, device, codec }: Models, x: Float32Array, from: number) {
  const unscored = { scores: null, anomalies: [], threshold: null, problem };
  if (!detector) return unscored;
  try {
    const { threshold } = detector;
    return {
      ...score(detector, x, { profile: device.profile, length: codec.inputShape[0]!, from }),
      threshold,
      problem,
    };
  } catch (error) {
    console.warn(error);
    return { ...unscored, problem: error instanceof Error ? error.message : 'the detector failed' };
  }
}

export async function postReadings({ request, env, url, id }: Call): Promise<Response> {
  const first = time('from', url.searchParams.get('from'));
  const models = await modelsOf(env, id);
  const { profile, codec: key } = models.device;
  const bytes = await readBody(request, MAX_READINGS_BYTES);
  const x = decompress(models.codec, bytes);
  const last = first + (x.length / profile.channels.length) * profile.period;
  time('from', last);
  const { scores, anomalies, threshold, problem } = scoresOf(models, x, first);
  await store(env, { device: id, first, last, codec: key, bytes, threshold, scores });
  const windows = x.length / (models.codec.inputShape[0]! * profile.channels.length);
  return Response.json({
    windows,
    from: iso(first),
    to: iso(last),
    scored: scores !== null,
    threshold,
    anomalies,
    unscored: scores ? scores.filter(Number.isNaN).length : windows,
    missing: missing(x, profile),
    ...(problem && { problem }),
  });
}
