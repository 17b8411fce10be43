// The lines of JavaScript and the command line that train the same model.
import { trainCode, trainCommand } from '../../../../jobs/code/train.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Copies } from '../jobs/protocol.ts';
import { chosenSettings, type ModelSettings, samplesOf, trainSettings } from './model.ts';

/** The name of the file that the texts read. */
export const DATA_FILE = 'samples.npy';
const MODEL_FILE = 'model.safetensors';

export function trainCopies(dataset: Dataset, settings: ModelSettings): Copies {
  const { kind, count, shape } = samplesOf(dataset);
  const isBytes = dataset.values instanceof Uint8Array;
  const code = trainCode({
    settings: trainSettings(settings, dataset),
    kind,
    count,
    source: { format: 'npy', type: isBytes ? 'uint8' : 'float32', files: [DATA_FILE], gzip: false, shape },
    output: MODEL_FILE,
  });
  const command = trainCommand({
    files: [DATA_FILE],
    output: MODEL_FILE,
    settings: chosenSettings(settings, dataset.form),
  });
  return { code, command: `npx ${command}` };
}
