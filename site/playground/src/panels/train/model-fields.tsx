// The kind of model, and the options of its training.
import { NumberField, SelectField } from '../../components/fields.tsx';
import { formOf } from '../../data/source.ts';
import { settings } from '../../settings/state.ts';
import { fits, kinds } from '../../training/model.ts';

const kindLabels = {
  variational: 'Variational',
  dense: 'Dense',
  deep: 'Deep',
  conv: 'Convolutional',
  denoising: 'Denoising',
  sparse: 'Sparse',
} as const;

const kindHints = {
  variational: 'Learns a distribution of codes: its map can be walked, and it generates samples.',
  dense: 'One layer to the code and one layer back.',
  deep: 'Hidden layers on each side of the code.',
  conv: 'Convolutions that halve the sides, then the code.',
  denoising: 'Removes noise. It has no code.',
  sparse: 'A code in which few values are active at a time.',
} as const;

export function ModelFields() {
  const kind = settings.kind.value;
  const form = formOf(settings.source.value);
  const offered = kinds.filter((name) => fits(name, form));
  const labels = Object.fromEntries(offered.map((name) => [name, kindLabels[name]]));
  const isDenoising = kind === 'denoising';
  const unit = form === 'picture' ? 'White is 1. ' : 'In deviations. ';
  return (
    <fieldset>
      <legend>Model</legend>
      <SelectField name="kind" label="Kind" labels={labels} hint={kindHints[kind]} />
      <div class="pair">
        <NumberField
          name="latent"
          label="Latent size"
          disabled={isDenoising}
          hint={isDenoising ? 'No code' : 'Values of a code'}
        />
        <NumberField name="noise" label="Noise" hint={isDenoising ? `${unit}0: from 0.05 to 0.4` : `${unit}0: none`} />
      </div>
      <div class="pair">
        <NumberField name="epochs" label="Epochs" />
        <NumberField name="learningRate" label="Learning rate" />
      </div>
      <div class="pair">
        <NumberField name="batchSize" label="Batch size" />
        <NumberField name="seed" label="Seed" />
      </div>
    </fieldset>
  );
}
