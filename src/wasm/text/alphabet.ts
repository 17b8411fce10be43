// The alphabet of the text form of a module; README.md describes the format. A character is its value plus FIRST.

/** The character of value 0. */
export const FIRST = 35;
/** Characters in use: values 0 to 91. */
export const CHARACTERS = 92;

/** Values below are single bytes, except LOCAL to LOCAL + LOCALS - 1. */
export const SINGLE = 77;
/** Values of the instructions local.get, local.set and local.tee. */
export const LOCAL = 32;
export const LOCALS = 3;
/** The bytes of the values from SINGLE on. */
export const FREQUENT: readonly number[] = [106, 123, 127, 128];
/** Around a run whose length comes first in the module: a section or a function. */
export const OPEN = 81;
export const CLOSE = 82;
/** The placeholders of the flavour: product and sum of a multiply-add, and the constant that tells whether they are fused. */
export const PRODUCT = 83;
export const SUM = 84;
export const FUSED = 85;
/** With the next character the number of a vector instruction. */
export const VECTOR = 86;
/** With the next character a number or a byte of any value. */
export const PAIR = 89;

/** In the list of variables: values below are types of variables used for the first time, others places of recent ones. */
export const RECENT = 6;

/** Around a name. */
export const NAME = ' ';
/** In front of the text of a relaxed module. */
export const RELAXED = '!';
