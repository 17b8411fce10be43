// The data that the training panel has read, and the data set for the settings.
import { signal } from '@preact/signals';
import { settings } from '../settings/state.ts';
import type { Form } from '../training/model.ts';
import { cameraData } from './camera.ts';
import type { Dataset } from './dataset.ts';
import { digitData, userDigitData } from './digits.ts';
import { type Picture, pictureData } from './pictures.ts';
import { type Sound, soundData } from './sound.ts';
import { type Rows, rowData } from './table.ts';

export const pictures = signal<readonly Picture[]>([]);
export const rows = signal<Rows | undefined>(undefined);
export const sound = signal<Sound | undefined>(undefined);

export type Source = (typeof settings)['source']['value'];

export const formOf = (source: Source): Form => {
  if (source === 'table') return 'row';
  return source === 'sound' ? 'wave' : 'picture';
};

/** The data set for the current settings. Errors: in plain words where the data is not there yet. */
export async function presentData(): Promise<Dataset> {
  const seed = settings.seed.value;
  switch (settings.source.value) {
    case 'digits':
      return digitData(settings.digits.value, seed);
    case 'own-digits':
      return userDigitData(seed);
    case 'pictures':
      return pictureData(pictures.value, {
        side: Number(settings.pictureSize.value),
        isGrey: settings.pictureColour.value === 'grey',
        use: settings.pictureUse.value,
        seed,
      });
    case 'camera':
      return cameraData();
    case 'table':
      if (!rows.value) throw new Error('Choose a CSV file first.');
      return rowData(rows.value);
    case 'sound':
      if (!sound.value) throw new Error('Choose a WAV recording first.');
      return soundData(sound.value, Number(settings.soundWindow.value));
  }
}
