import { UnsupportedError } from '../core/errors.ts';
import type { Model } from '../model/model.ts';

/** The model of an `.onnx` file. Errors: FormatError. */
export async function fromOnnx(_bytes: Uint8Array): Promise<Model> {
  throw new UnsupportedError('fromOnnx is not built yet');
}
