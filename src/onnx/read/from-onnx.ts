// A model from an ONNX file: of isthmus by the spec in its metadata, of other tools by its nodes.

import { formatError, wrongType } from '../../core/errors.ts';
import { byteCount, type Check, optional, unchecked, validate } from '../../core/validate.ts';
import type { EngineFactory } from '../../engine/engine.ts';
import { buildModel, type ModelFile } from '../../files/model.ts';
import { type ModelSource, readSource } from '../../files/read-source.ts';
import type { Model } from '../../model/model.ts';
import { METADATA_PREFIX } from '../metadata.ts';
import { readFile } from './file.ts';
import { type ModelContent, savedModel } from './saved.ts';

/** Options of `fromOnnx`. */
export interface FromOnnxOptions {
  /**
   * Name of the value of the graph that is the code: the layers up to it are the encoder. Default: in files of isthmus the code of the
   * model, else the first of the smallest values.
   */
  readonly code?: string;
  /** The engine of the model, as for `autoencoder`. */
  readonly engine?: EngineFactory;
  /** Limit in bytes of the file and of the model, as for `loadModel`. Default: no limit. */
  readonly maxBytes?: number;
}

const text: Check<string> = (name, value) => {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value);
  return value;
};

/** The result of a function whose TypeErrors and RangeErrors are faults of the file, such as wrong options of a layer. */
function checkingFile<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw formatError('model', 'file', 'a graph of layers of isthmus', `one that says: ${error.message}`);
  }
}

/**
 * The model of an ONNX file. A file of `toOnnx` gives the same model with the same bits, its decoder alone a model whose `predict` maps
 * codes to samples. A file of another tool must be a chain of operators with residual and skip paths, see docs/onnx.md: the layers up
 * to the code become the encoder, the others the decoder or, where the output has another shape than the input, a head. Images and
 * signals are channels last in the model, also where they are channels first in the file. `source`: bytes, or as for `loadModel`.
 *
 * Errors: FormatError, with the name of the node and its operator, for everything that isthmus does not have and for bytes that are no
 * ONNX file; TypeError, RangeError for wrong options; UnsupportedError without WebAssembly SIMD.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder } from 'isthmus';
 * import { fromOnnx, toOnnx } from 'isthmus/onnx';
 *
 * const model = await autoencoder(denseAutoencoder({ input: [8], latent: 2 }), { seed: 1 });
 * const read = await fromOnnx(toOnnx(model));
 * const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
 * console.log(String(read.predict(x)) === String(model.predict(x)));
 * // prints true
 * ```
 */
export async function fromOnnx(source: ModelSource, options: FromOnnxOptions = {}): Promise<Model> {
  const { code, ...others } = validate('options', options, {
    code: optional(text),
    engine: unchecked as Check<EngineFactory>,
    maxBytes: optional(byteCount, Infinity),
  });
  const bytes = await readSource(source, others.maxBytes);
  const file = checkingFile(() => readFile(bytes));
  const isOurs = code === undefined && file.metadata[`${METADATA_PREFIX}digest`] === file.digest;
  let content: ModelContent;
  if (isOurs) content = checkingFile(() => savedModel(file));
  else {
    const { readGraph, splitModel } = await import('./foreign.ts');
    const graph = checkingFile(() => readGraph(file));
    content = splitModel(graph, code);
  }
  return buildModel({ ...content, bytes, options: others as ModelFile['options'] }, 'isthmus');
}
