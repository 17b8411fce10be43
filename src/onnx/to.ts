import { UnsupportedError } from '../core/errors.ts';
import { engineOf, type Model } from '../model/model.ts';

/** Options of `toOnnx`. */
export interface OnnxOptions {
  /** The layers of the graph: `encoder` maps samples to codes, `decoder` codes to samples, `whole` (default) both. */
  readonly part?: 'encoder' | 'decoder' | 'whole';
}

/** A model as the bytes of an `.onnx` file. Errors: TypeError, RangeError. */
export function toOnnx(model: Model, _options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  engineOf(model);
  throw new UnsupportedError('toOnnx is not built yet');
}
