// The types in which kernels are stored, and the C text that reads them. The values are those that loadModel reads from a file of
// saveModel with the same `dtype`.

import type { SaveType } from '../../files/dtype.ts';

/** C text for kernels of one type. */
export interface Storage {
  readonly dtype: SaveType;
  /** Name of the C type, and bytes of one weight. */
  readonly type: string;
  readonly bytes: number;
  /** Declares the parameter `name`. For int8 a second parameter `name_scale` follows. */
  parameter(name: string): string;
  /** Passes the parameter `name` on, from the weight `offset` and the scale `scaleOffset` on. */
  argument(name: string, offset?: string, scaleOffset?: string): string;
  /** The value of the weight `name[index]` as a float, with the scale `name_scale[scaleIndex]`. */
  load(name: string, index: string, scaleIndex: string): string;
}

const plus = (name: string, offset?: string): string => (offset ? `${name} + ${offset}` : name);

/** Types without scales. */
const unscaled = (dtype: SaveType, type: string, bytes: number, load: (weight: string) => string): Storage => ({
  dtype,
  type,
  bytes,
  parameter: (name) => `const ${type} *${name}`,
  argument: (name, offset) => plus(name, offset),
  load: (name, index) => load(`${name}[${index}]`),
});

const int8: Storage = {
  dtype: 'int8',
  type: 'int8_t',
  bytes: 1,
  parameter: (name) => `const int8_t *${name}, const float *${name}_scale`,
  argument: (name, offset, scaleOffset) => `${plus(name, offset)}, ${plus(`${name}_scale`, scaleOffset)}`,
  load: (name, index, scaleIndex) => `((float)${name}[${index}] * ${name}_scale[${scaleIndex}])`,
};

export function storageOf(dtype: SaveType): Storage {
  if (dtype === 'int8') return int8;
  if (dtype === 'float16') return unscaled(dtype, 'uint16_t', 2, (weight) => `$half(${weight})`);
  return unscaled(dtype, 'float', 4, (weight) => weight);
}
