// The panel that removes the noise of a photo and compares the result with the original.
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { CopiesCard } from '../../components/copies.tsx';
import { NumberField, SliderField } from '../../components/fields.tsx';
import { FileDrop } from '../../components/files.tsx';
import { JobButton } from '../../components/job-button.tsx';
import { type Picture, readPicture, reductionNote } from '../../data/pictures.ts';
import { jobs } from '../../jobs/client.ts';
import type { Cleaned } from '../../jobs/protocol.ts';
import { runJob } from '../../jobs/table-state.ts';
import { attempt, note } from '../../messages.ts';
import { settings } from '../../settings/state.ts';
import { CleanedResult } from './cleaned-result.tsx';
import { addNoise, pixelsOf, samplePicture } from './photo.ts';

/** Maximum number of pixels of a photo. A larger photo is reduced, because each megapixel takes some seconds. */
const MAXIMUM_PIXELS = 3e6;

const photo = signal<Picture | undefined>(undefined);
/** The photo with the added noise, and the clean photo. */
const result = signal<{ readonly name: string; readonly noisy: ImageData; readonly cleaned: Cleaned } | undefined>(
  undefined,
);

const choose = ([file]: File[]): Promise<unknown> =>
  attempt(async () => {
    photo.value = await readPicture(file!, MAXIMUM_PIXELS);
    result.value = undefined;
    const text = reductionNote(photo.value);
    if (text) note(text);
  });

const useSample = (): Promise<unknown> =>
  attempt(async () => {
    photo.value = await samplePicture();
    result.value = undefined;
    if (settings.addedNoise.value === 0) settings.addedNoise.value = 25;
  });

async function clean(): Promise<void> {
  const { name } = photo.value!;
  const noisy = addNoise(pixelsOf(photo.value!), settings.addedNoise.value);
  const { sigma, strength } = settings;
  const cleaned = await runJob((onProgress) =>
    jobs().clean(noisy, { sigma: sigma.value, strength: strength.value }, proxy(onProgress)),
  );
  if (cleaned) result.value = { name, noisy, cleaned };
}

export function CleanPanel() {
  const now = photo.value;
  return (
    <div class="panel">
      <form class="settings" aria-label="Settings of the cleaning" onSubmit={(event) => event.preventDefault()}>
        <fieldset>
          <legend>Photo</legend>
          <FileDrop label="Choose a photo" hint="or drop it here" accept="image/*" onFiles={choose} />
          <button type="button" class="small" onClick={useSample}>
            Use the sample picture
          </button>
          {now && (
            <p class="about">
              <strong>{now.name}</strong>: {now.width.toLocaleString('en')} × {now.height.toLocaleString('en')} pixels
            </p>
          )}
        </fieldset>
        <fieldset>
          <legend>Noise</legend>
          <NumberField name="addedNoise" label="Added noise" hint="Standard deviation in levels of 0..255; 0: none" />
          <NumberField
            name="sigma"
            label="Noise to remove"
            hint="Standard deviation in levels; 0: estimated from the photo"
          />
          <SliderField name="strength" label="Strength" hint="Below 1 keeps more detail and more noise." />
        </fieldset>
        <JobButton label="Clean" disabled={!now} onStart={clean} />
      </form>
      <div class="results">
        {result.value ? <CleanedResult {...result.value} /> : <Empty />}
        {now && (
          <CopiesCard
            make={async () =>
              jobs().cleanCopies(now.name, { sigma: settings.sigma.value, strength: settings.strength.value })
            }
            files={`Both read ${now.name} in the folder where they run, without noise added.`}
          />
        )}
      </div>
    </div>
  );
}

function Empty() {
  return (
    <section class="card empty">
      <h2>No result yet</h2>
      <p>
        Choose a photo with visible noise. The page estimates the noise, removes it, and shows the photo before and
        after.
      </p>
    </section>
  );
}
