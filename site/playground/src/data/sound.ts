// Windows of a recording. The browser decodes the file.
import type { Dataset } from './dataset.ts';
import { fileKind, wrongFile } from './file-kind.ts';

/** Samples a second to which the browser converts a recording. */
export const RATE = 16_000;
/** Windows of a data set. */
const MAXIMUM = 6000;

export interface Sound {
  readonly name: string;
  /** One channel, -1..1. */
  readonly samples: Float32Array<ArrayBuffer>;
}

/** Reads a WAV, MP3, OGG or FLAC file as far as the browser can. Errors: for other files. */
export async function readSound(file: File): Promise<Sound> {
  const kind = await fileKind(file);
  if (kind !== 'wav' && kind !== 'unknown') throw wrongFile(file, kind, 'a WAV recording');
  try {
    const context = new OfflineAudioContext(1, 1, RATE);
    const audio = await context.decodeAudioData(await file.arrayBuffer());
    const samples = new Float32Array(audio.length);
    for (let channel = 0; channel < audio.numberOfChannels; channel++)
      audio.getChannelData(channel).forEach((value, i) => {
        samples[i]! += value / audio.numberOfChannels;
      });
    return { name: file.name, samples };
  } catch {
    throw new Error(`The browser cannot decode ${file.name}. Choose a WAV recording.`);
  }
}

export function soundData({ name, samples }: Sound, window: number): Dataset {
  const count = Math.min(MAXIMUM, Math.floor(samples.length / window));
  if (count < 20)
    throw new Error(`${name} is too short: ${count} windows of ${window} samples, at least 20 are needed.`);
  return {
    title: `${count.toLocaleString('en')} windows of ${name}`,
    form: 'wave',
    shape: [window, 1],
    values: samples.slice(0, count * window),
  };
}
