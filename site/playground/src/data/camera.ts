// Samples from the camera.
import { signal } from '@preact/signals';
import type { Dataset } from './dataset.ts';
import { joined, middleSquare, sampleOf } from './pictures.ts';

/** Milliseconds between two samples. */
const INTERVAL = 100;
/** Most samples of a recording. */
const MAXIMUM = 1500;

export const isRecording = signal(false);
/** Samples recorded so far. */
export const recorded = signal(0);

let samples: Uint8Array<ArrayBuffer>[] = [];
let shape: [number, number, number] = [0, 0, 0];

/** The reason of a refusal in plain words. */
function refusal(error: unknown): Error {
  const { name } = error as Error;
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return new Error(
      'The browser does not let this page use the camera. Allow the camera in the settings of the page, then try again.',
    );
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return new Error('This device has no camera. Choose pictures instead.');
  if (name === 'NotReadableError' || name === 'AbortError')
    return new Error('Another program uses the camera. Close that program, then try again.');
  return error as Error;
}

/** Opens the camera. Errors: in plain words where it is denied, missing or in use. */
export async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Error('The browser gives the camera to pages at https:// addresses only. Choose pictures instead.');
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
  } catch (error) {
    throw refusal(error);
  }
}

/** Records samples from a playing video until `isRecording` is false. */
export function record(video: HTMLVideoElement, side: number, isGrey: boolean): void {
  samples = [];
  shape = [side, side, isGrey ? 1 : 3];
  recorded.value = 0;
  isRecording.value = true;
  const timer = setInterval(() => {
    if (!isRecording.value || samples.length >= MAXIMUM || !video.isConnected) {
      isRecording.value = false;
      clearInterval(timer);
      return;
    }
    if (video.videoWidth === 0) return;
    const square = middleSquare({ width: video.videoWidth, height: video.videoHeight });
    samples.push(sampleOf(video, square, side, isGrey));
    recorded.value = samples.length;
  }, INTERVAL);
}

export function cameraData(): Dataset {
  isRecording.value = false;
  if (samples.length < 8) throw new Error('Record at least 8 pictures with the camera first.');
  return { title: `${samples.length} pictures of the camera`, form: 'picture', shape, values: joined(samples) };
}
