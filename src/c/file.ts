// The C file: a comment, the declarations, and the definitions.

import type { SaveType } from '../files/dtype.ts';
import type { CFunction, FunctionBody } from './function.ts';

/** The content of a file. */
export interface CFile {
  /** Prefix of all names. */
  readonly name: string;
  /** Values by the name of a macro: `INPUT_SIZE`, for example. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly functions: readonly { readonly declaration: CFunction; readonly body: FunctionBody }[];
  /** Type of the kernels. */
  readonly dtype: SaveType;
  /** Definitions of routines and of constants, in order. */
  readonly routines: readonly string[];
  readonly constants: readonly string[];
  readonly constantBytes: number;
}

/** `void model_encode(const float input[MODEL_INPUT_SIZE], ...)`. */
function prototype(prefix: string, macros: string, { name, input, output }: CFunction): string {
  const parameter = (size: string): string => `${size}[${macros}_${size.toUpperCase()}_SIZE]`;
  return `void ${prefix}_${name}(const float ${parameter(input)}, float ${parameter(output)}, float ${parameter('workspace')})`;
}

/** The comment at the start of the file: functions, memory, rules of compilation. */
function introduction({ name, functions, constantBytes, sizes, dtype }: CFile, macros: string): string {
  const lines = functions.map(({ declaration: { name: verb, input, output } }) => {
    const [from, to] = [input, output].map((size) => `${sizes[`${size.toUpperCase()}_SIZE`]}`);
    return `   ${name}_${verb}: ${input} of ${from} values to ${output} of ${to} values`;
  });
  const model = dtype === 'float32' ? 'the model' : `loadModel(saveModel(model, { dtype: '${dtype}' }))`;
  return `/* Inference of an autoencoder in C99, written by isthmus.

${lines.join('\n')}

   Each call processes one sample of floats, channels last. It uses no heap and no global variables. The arrays of the
   caller must not overlap. The workspace may have any content and can be shared by all calls that do not run at once.

   Constants:  ${constantBytes} bytes of read-only memory
   Workspace:  ${4 * sizes.WORKSPACE_SIZE!} bytes of RAM, besides the input and the output

   Compile this file once. Other files include it for its declarations:

     #define ${macros}_DECLARATIONS
     #include "${name}.c"

   The results have the same bits as those of ${model} in isthmus,
   if float is an IEEE 754 binary32 with subnormal numbers and the compiler neither fuses nor reorders operations:
   no -ffast-math, and -ffp-contract=off for compilers that know neither of the pragmas below. */`;
}

const checks = (usesDouble: boolean): string => `#include <float.h>
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "compile without -ffast-math"
#endif
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float expressions must be evaluated as float, such as by -msse2 -mfpmath=sse"
#endif
#if FLT_MANT_DIG != 24${usesDouble ? ' || DBL_MANT_DIG != 53' : ''}
#error "float${usesDouble ? ' and double' : ''} must be IEEE 754 binary32${usesDouble ? ' and binary64' : ''}"
#endif
#if defined(__clang__) || !defined(__GNUC__)
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC push_options
/* GCC 12 fuses in its superword vectorizer even with fp-contract=off. */
#pragma GCC optimize("fp-contract=off", "no-tree-slp-vectorize")
#endif`;

/** The text of a file. */
export function fileText(file: CFile): string {
  const { name, sizes, functions, routines, constants } = file;
  const macros = name.toUpperCase();
  const prototypes = functions.map(({ declaration }) => prototype(name, macros, declaration));
  const definitions = functions.map(({ body: { statements, workspace } }, i) => {
    const lines = workspace ? statements : ['(void)workspace;', ...statements];
    return `${prototypes[i]}\n{\n  ${lines.join('\n  ')}\n}`;
  });
  const parts = [
    introduction(file, macros),
    `#ifndef ${macros}_DECLARED
#define ${macros}_DECLARED

/* Numbers of values. */
${Object.entries(sizes)
  .map(([size, value]) => `#define ${macros}_${size} ${value}`)
  .join('\n')}

#ifdef __cplusplus
extern "C" {
#endif
${prototypes.map((text) => `${text};`).join('\n')}
#ifdef __cplusplus
}
#endif

#endif

#ifndef ${macros}_DECLARATIONS
`,
    checks(routines.some((text) => /\bdouble\b/.test(text))),
    ...routines.map((text) => text.trimStart()),
    ...constants,
    ...definitions,
    `#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

#endif
`,
  ];
  return parts.join('\n\n');
}
