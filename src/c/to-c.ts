import { wrongValue } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import { choice, firstNonFinite, keyOf, optional, validate } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import { type SaveType, saveTypes } from '../files/dtype.ts';
import { decodingEngineOf, engineOf, floatEngineOf, type Model } from '../model/model.ts';
import { fileText } from './file.ts';
import { type CFunction, writeFunction } from './function.ts';
import { identifier } from './identifier.ts';
import { functions } from './routines/functions.ts';
import { products } from './routines/products.ts';
import { storageOf } from './routines/storage.ts';
import { valueRoutines } from './routines/values.ts';
import { windowRoutines } from './routines/windows.ts';
import { Writer } from './writer.ts';

/** Options of `toC`. */
export interface COptions {
  /**
   * The functions of the file: `encoder` writes `NAME_encode`, `decoder` writes `NAME_decode`, `whole` writes both and
   * `NAME_reconstruct`, or `NAME_encode` and `NAME_predict` for a model with a head. Default `whole`.
   */
  readonly part?: 'encoder' | 'decoder' | 'whole';
  /** The begin of all names in the file: a C identifier of at most 40 characters. Default `model`. */
  readonly name?: string;
  /**
   * The type of kernels in C. `float32` is exact, and the default. `float16` and `int8` take a half and a quarter of the memory, and
   * give the results of the model that `loadModel` reads from `saveModel(model, { dtype })`. Sums are float32 with each type.
   */
  readonly dtype?: SaveType;
}

/** Largest number of values of a layer's output and of all weights: indices in C are 32-bit integers, and the file is one string. */
const MAX_VALUES = 2 ** 24;

/** Errors: RangeError for a model that is too large, or with weights that are not finite. */
function checkNetwork({ network, memory }: Engine): void {
  const tooLarge = network.nodes.find(({ inputSize, outputSize }) => Math.max(inputSize, outputSize) > MAX_VALUES);
  if (tooLarge) throw wrongValue(tooLarge.path, `at most ${MAX_VALUES} values for each sample`, tooLarge.outputSize);
  const total = network.weights.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_VALUES) throw wrongValue('model', `at most ${MAX_VALUES} weights`, total);
  for (const { path, offset, size } of network.weights) {
    const values = memory.view(memory.parameters + offset, size);
    const bad = firstNonFinite(values);
    if (bad >= 0) throw wrongValue(`weights["${path}"].data[${bad}]`, 'a finite number', values[bad]);
  }
}

/** The functions of a part of a model. */
function functionsOf(model: Model, part: 'encoder' | 'decoder' | 'whole'): CFunction[] {
  const { network } = part === 'decoder' ? decodingEngineOf(model) : engineOf(model);
  const { encoderNodes } = network;
  const end = network.nodes.length;
  const encode = { name: 'encode', range: { start: 0, end: encoderNodes }, input: 'input', output: 'code' };
  const decode = { name: 'decode', range: { start: encoderNodes, end }, input: 'code', output: 'output' };
  const { decoder, head } = model.spec;
  if (part === 'encoder' || !(decoder || head)) return [encode];
  if (part === 'decoder') return [decode];
  const all = { name: head ? 'predict' : 'reconstruct', range: { start: 0, end }, input: 'input', output: 'output' };
  return head ? [encode, all] : [encode, decode, all];
}

/** Whether a bias is -0. Then products of weights and zeros in the padding of a convolution can turn a sum of -0 into 0. */
const hasNegativeZeroBias = ({ network, memory }: Engine, dtype: SaveType): boolean => {
  // float16 rounds small negative values to -0.
  const largest = dtype === 'float16' ? 2 ** -24 : 0;
  const isNegativeZero = (value: number): boolean => Object.is(value, -0) || (value < 0 && value > -largest);
  return network.weights.some(
    ({ name, offset, size }) => name === 'bias' && memory.view(memory.parameters + offset, size).some(isNegativeZero),
  );
};

/**
 * A model as one C99 file for microcontrollers: the weights as constants, and functions that process one sample of floats, such as
 * `void model_encode(const float input[], float code[], float workspace[])`. The file allocates nothing and needs of the C library only
 * `memcpy`. Macros such as `MODEL_INPUT_SIZE`, `MODEL_CODE_SIZE` and `MODEL_WORKSPACE_SIZE` are numbers of floats.
 *
 * The results have the same bits as those of `encode`, `decode`, `reconstruct` and `predict` for the sample alone, on processors with
 * float32 of IEEE 754 and subnormal numbers. The bits of NaN are not defined. docs/c.md says how to compile the file.
 *
 * Errors: TypeError, RangeError for wrong options; RangeError for the part `decoder` of a model without decoder, for weights that are
 * not finite, and for a model of more than 2^24 weights or 2^24 values in the output of a layer.
 *
 * @example
 * ```ts
 * import { autoencoder, dense } from 'isthmus';
 * import { toC } from 'isthmus/c';
 *
 * const spec = { input: [8], encoder: [dense({ units: 2 })], decoder: [dense({ units: 8 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * const text = toC(model, { part: 'encoder', name: 'sensor' });
 * for (const line of text.split('\n')) if (line.startsWith('#define SENSOR_CODE')) console.log(line);
 * // prints #define SENSOR_CODE_SIZE 2
 * ```
 */
export function toC(model: Model, options: COptions = {}): string {
  const engine = floatEngineOf(model);
  const { part, name, dtype } = validate('options', options, {
    part: optional(choice('encoder', 'decoder', 'whole'), 'whole'),
    name: optional(identifier, 'model'),
    dtype: optional(keyOf(saveTypes), 'float32'),
  });
  const declarations = functionsOf(model, part);
  checkNetwork(engine);
  const storage = storageOf(dtype);
  const zeros = hasNegativeZeroBias(engine, dtype);
  const texts = { ...products(storage), ...windowRoutines({ storage, zeros }), ...functions, ...valueRoutines };
  const writer = new Writer(engine.memory, { prefix: name, storage, texts });
  const bodies = declarations.map((declaration) => writeFunction(writer, engine.network, declaration));
  const { latentShape, outputShape } = engine.network;
  const parameters = declarations.flatMap(({ input, output }) => [input, output]);
  const sizes = {
    ...(parameters.includes('input') && { INPUT_SIZE: sizeOf(engine.inputShape) }),
    CODE_SIZE: sizeOf(latentShape),
    ...(parameters.includes('output') && { OUTPUT_SIZE: sizeOf(outputShape) }),
    // An array in C has at least one value.
    WORKSPACE_SIZE: Math.max(1, ...bodies.map(({ workspace }) => workspace)),
  };
  return fileText({
    name,
    sizes,
    functions: declarations.map((declaration, i) => ({ declaration, body: bodies[i]! })),
    routines: writer.routines,
    dtype,
    constants: writer.constants,
    constantBytes: writer.constantBytes,
  });
}
