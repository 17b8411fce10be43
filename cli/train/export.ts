// A model as the bytes of a file: safetensors, ONNX or C, by the name of the file.

import { type Model, type SaveType, saveModel } from 'isthmus';
import { type DataDescription, withDescription } from '../../jobs/train/data-description.ts';
import { UsageError } from '../errors.ts';
import { isSpecial } from '../output.ts';

/** Formats of models that can be written, by the ending of the name. */
const endings = ['.safetensors', '.onnx', '.c'] as const;

/** The ending of a name of a model file. Errors: UsageError for another ending. */
export function modelEnding(path: string): (typeof endings)[number] {
  if (path === '-' || isSpecial(path)) return '.safetensors';
  const ending = endings.find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending) return ending;
  throw new UsageError(`the output "${path}" expected a name that ends with ${endings.join(', ')}`);
}

interface ExportOptions {
  readonly path: string;
  readonly dtype: SaveType;
  readonly description: DataDescription;
}

/** The bytes of the model file. */
export async function modelBytes(model: Model, { path, dtype, description }: ExportOptions): Promise<Uint8Array> {
  const ending = modelEnding(path);
  if (ending === '.safetensors') return withDescription(saveModel(model, { dtype }), description);
  if (dtype !== 'float32') throw new UsageError(`"--dtype ${dtype}" is for .safetensors, not for ${ending}`);
  if (ending === '.onnx') return (await import('isthmus/onnx')).toOnnx(model);
  return new TextEncoder().encode((await import('isthmus/c')).toC(model));
}
