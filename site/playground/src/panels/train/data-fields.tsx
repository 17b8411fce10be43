// The source of the training data, and its options.
import { useEffect, useRef } from 'preact/hooks';
import { NumberField, SelectField } from '../../components/fields.tsx';
import { FileDrop } from '../../components/files.tsx';
import { isRecording, openCamera, record, recorded } from '../../data/camera.ts';
import { readPicture, reductionNote } from '../../data/pictures.ts';
import { readSound } from '../../data/sound.ts';
import { pictures, rows, sound } from '../../data/source.ts';
import { readRows, rowsNote } from '../../data/table.ts';
import { attempt, fail, note } from '../../messages.ts';
import { settings } from '../../settings/state.ts';
import { DrawPad } from './draw-pad.tsx';

const sources = {
  digits: 'Digits drawn by code, and yours',
  'own-digits': 'Only your digits',
  pictures: 'Pictures',
  camera: 'Camera',
  table: 'Table (CSV)',
  sound: 'Sound (WAV)',
} as const;

export function DataFields() {
  const source = settings.source.value;
  return (
    <fieldset>
      <legend>Data</legend>
      <SelectField name="source" label="Source" labels={sources} />
      {source === 'digits' && <NumberField name="digits" label="Digits drawn by code" />}
      {(source === 'digits' || source === 'own-digits') && <DrawPad />}
      {source === 'pictures' && <PictureFields />}
      {source === 'camera' && <CameraFields />}
      {source === 'table' && <TableFields />}
      {source === 'sound' && <SoundFields />}
    </fieldset>
  );
}

/** Most pixels of a picture to train on. */
const MAXIMUM_PIXELS = 4e6;
const MAXIMUM_PICTURES = 2000;

async function addPictures(files: File[]): Promise<void> {
  const notes: string[] = [];
  const read = [...pictures.value];
  for (const file of files.slice(0, MAXIMUM_PICTURES)) {
    try {
      const picture = await readPicture(file, MAXIMUM_PIXELS);
      read.push(picture);
      notes.push(...[reductionNote(picture)].filter((text) => text !== undefined));
    } catch (error) {
      // One bad file of many does not stop the others.
      fail(error);
      if (files.length === 1) return;
    }
  }
  if (read.length > pictures.value.length && notes.length > 0) note(notes.slice(0, 3).join(' '));
  pictures.value = read;
}

function PictureShape() {
  return (
    <div class="pair">
      <SelectField
        name="pictureSize"
        label="Sample size"
        labels={{ '16': '16 × 16', '28': '28 × 28', '32': '32 × 32', '48': '48 × 48', '64': '64 × 64' }}
      />
      <SelectField name="pictureColour" label="Colour" labels={{ grey: 'Grey', colour: 'Colour' }} />
    </div>
  );
}

function PictureFields() {
  const count = pictures.value.length;
  return (
    <>
      <FileDrop label="Choose pictures" hint="or drop them here" accept="image/*" multiple onFiles={addPictures} />
      {count > 0 && (
        <p class="hint line">
          {count === 1 ? '1 picture' : `${count} pictures`}
          <button
            type="button"
            class="small quiet"
            onClick={() => {
              pictures.value = [];
            }}
          >
            Remove all
          </button>
        </p>
      )}
      <PictureShape />
      <SelectField
        name="pictureUse"
        label="Samples"
        hint="Automatic: patches of up to 63 pictures, else one sample for each picture."
        labels={{ automatic: 'Automatic', resized: 'Each picture resized', patches: 'Patches' }}
      />
    </>
  );
}

function CameraFields() {
  const video = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream | undefined>(undefined);
  const close = (): void => {
    isRecording.value = false;
    stream.current?.getTracks().forEach((track) => {
      track.stop();
    });
    stream.current = undefined;
  };
  useEffect(() => close, []);
  const toggle = (): Promise<void> | void => {
    if (isRecording.value) return close();
    return attempt(async () => {
      stream.current ??= await openCamera();
      const element = video.current!;
      element.srcObject = stream.current;
      await element.play();
      record(element, Number(settings.pictureSize.value), settings.pictureColour.value === 'grey');
    });
  };
  return (
    <>
      <video ref={video} class="camera" muted playsInline aria-label="Picture of the camera" />
      <div class="line">
        <button type="button" class="small" onClick={toggle}>
          {isRecording.value ? 'Stop recording' : 'Record'}
        </button>
        <span class="hint number">{recorded.value} samples, ten a second</span>
      </div>
      <p class="hint">The pictures stay in this page.</p>
      <PictureShape />
    </>
  );
}

function TableFields() {
  const read = ([file]: File[]): Promise<void> =>
    attempt(async () => {
      rows.value = await readRows(file!);
      note(rowsNote(rows.value));
    });
  return (
    <>
      <FileDrop label="Choose a CSV file" hint="or drop it here" accept=".csv,.tsv,.txt,text/csv" onFiles={read} />
      {rows.value && (
        <p class="hint">
          {rows.value.name}: {rows.value.rowCount.toLocaleString('en')} rows of {rows.value.columns.length} numbers
        </p>
      )}
    </>
  );
}

function SoundFields() {
  const read = ([file]: File[]): Promise<void> =>
    attempt(async () => {
      sound.value = await readSound(file!);
    });
  return (
    <>
      <FileDrop label="Choose a WAV file" hint="or drop it here" accept="audio/*" onFiles={read} />
      {sound.value && (
        <p class="hint">
          {sound.value.name}: {(sound.value.samples.length / 16_000).toFixed(1)} seconds at 16 kHz
        </p>
      )}
      <SelectField
        name="soundWindow"
        label="Samples of a window"
        labels={{ '64': '64', '128': '128', '256': '256', '512': '512' }}
      />
    </>
  );
}
