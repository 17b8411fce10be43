// Loads the model of any file that holds one.

import { loadCheckpoint, loadDetector, loadModel, type Model, readSafetensors } from 'isthmus';
import { type DataDescription, descriptionIn } from '../../jobs/train/data-description.ts';
import { Failure, namingFile } from '../errors.ts';
import { detectFormat } from '../formats/detect.ts';
import { readBytes } from '../input.ts';

/** A model and the data that it was trained on. */
export interface LoadedModel {
  readonly model: Model;
  /** Undefined for files that other programs wrote. */
  readonly description: DataDescription | undefined;
}

/** The model of a model, a checkpoint, a detector or an ONNX file. Errors: Failure that names the file. */
export function readModel(path: string): Promise<LoadedModel> {
  return namingFile(path, async () => {
    const bytes = await readBytes(path);
    const format = detectFormat(bytes, path);
    if (format === 'onnx') {
      const { fromOnnx } = await import('isthmus/onnx');
      return { model: await fromOnnx(bytes), description: undefined };
    }
    if (format !== 'safetensors' && format !== 'unknown')
      throw new Failure(`the file is ${format}, not a model: name the model first, then the data`);
    if (format === 'unknown') return { model: await loadModel(bytes), description: undefined };
    const kind = readSafetensors(bytes).metadata.format;
    const description = descriptionIn(bytes);
    if (kind === 'isthmus-checkpoint') return { model: (await loadCheckpoint(bytes)).model, description };
    if (kind === 'isthmus-detector') return { model: (await loadDetector(bytes)).model, description };
    return { model: await loadModel(bytes), description };
  });
}
