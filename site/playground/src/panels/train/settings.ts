// The settings of a training, and whether the current model has them.
import { computed } from '@preact/signals';
import { formOf } from '../../data/source.ts';
import { settings } from '../../settings/state.ts';
import { used } from '../../training/client.ts';
import { fits, type ModelSettings } from '../../training/model.ts';

/** The settings of the fields. A kind that does not fit the data is replaced by `deep`. */
export function modelSettings(): ModelSettings {
  const { kind, latent, noise, learningRate, epochs, batchSize, seed } = settings;
  return {
    kind: fits(kind.value, formOf(settings.source.value)) ? kind.value : 'deep',
    latent: latent.value,
    noise: noise.value,
    learningRate: learningRate.value,
    epochs: epochs.value,
    batchSize: batchSize.value,
    seed: seed.value,
  };
}

/** Whether the fields describe another model than the current one. */
export const asksForNewModel = computed(() => {
  const now = modelSettings();
  const { value } = used;
  return (
    value !== undefined &&
    (['kind', 'latent', 'noise', 'batchSize', 'seed'] as const).some((key) => now[key] !== value[key])
  );
});

/** Settings with which the training of the current model continues: epochs and learning rate of the fields. */
export function continuedSettings(): ModelSettings {
  const { epochs, learningRate } = modelSettings();
  return { ...(used.value ?? modelSettings()), epochs, learningRate };
}
