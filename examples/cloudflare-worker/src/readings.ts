// Readings in: compressed, scored on the way, and kept as they came.

import type { Codec, Detector } from 'isthmus';
import { MOST_VALUES, MOST_WINDOWS, store } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { iso, MOST_READINGS, readBody, time, wrong } from './input.ts';
import { codecs, detectors, Lost } from './models.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';
import { missing, score } from './score.ts';

/** Compressed windows to their values. Errors: FormatError; 413, before anything is decompressed. */
function decompress(codec: Codec, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const reader = codec.open(bytes, { maxBytes: 4 * MOST_VALUES });
  if (reader.length > MOST_WINDOWS)
    throw new Problem(413, 'too-many', `"body" expected at most ${MOST_WINDOWS} windows, got ${reader.length}`);
  if (!reader.length) throw wrong('body', 'a window at least', 0);
  return reader.samples(0, reader.length);
}

interface Models {
  readonly device: Device & { readonly codec: string };
  readonly codec: Codec;
  readonly detector?: Detector;
  /** Why a detector that the device has is none that can score. */
  readonly problem?: string;
}

/** A device and its models as they are at one time. Errors: 404, 409 without a codec. */
async function modelsOf(env: Env, id: string): Promise<Models> {
  for (let again = false; ; again = true) {
    const row = await deviceOf(env, id);
    const { codec: key, detector: other } = row;
    if (!key) throw new Problem(409, 'no-codec', `"${id}" expected a device with a codec, got one without`);
    const device = { ...row, codec: key };
    try {
      const codec = await codecs.get(env.MODELS, key);
      if (!other) return { device, codec };
      const detector = await detectors.get(env.MODELS, other).catch((error: unknown) => {
        if (again && error instanceof Lost) return undefined;
        throw error;
      });
      if (!detector) return { device, codec, problem: 'the file of the detector is lost: put it again' };
      if (detector.model.inputShape.join() === codec.inputShape.join()) return { device, codec, detector };
      return { device, codec, problem: `the detector is for windows of [${detector.model.inputShape}]` };
    } catch (error) {
      // Another call may have put a model in its place.
      if (again || !(error instanceof Lost)) throw error;
    }
  }
}

/** Scores, as far as there are any: what came is kept, whatever a detector makes of it. */
function scoresOf({ detector, problem, device, codec }: Models, x: Float32Array, from: number) {
  const none = { scores: null, anomalies: [], threshold: null, problem };
  if (!detector) return none;
  try {
    const { threshold } = detector;
    return {
      ...score(detector, x, { profile: device.profile, length: codec.inputShape[0]!, from }),
      threshold,
      problem,
    };
  } catch (error) {
    console.warn(error);
    return { ...none, problem: error instanceof Error ? error.message : 'the detector failed' };
  }
}

export async function postReadings({ request, env, url, id }: Call): Promise<Response> {
  const first = time('from', url.searchParams.get('from'));
  const models = await modelsOf(env, id);
  const { profile, codec: key } = models.device;
  const bytes = await readBody(request, MOST_READINGS);
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
