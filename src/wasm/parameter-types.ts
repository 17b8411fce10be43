// Types of kernel parameters. A plain number fits each of them, but a number that is known as one kind does not fit
// another kind: an address in the place of a count is a type error.

/** A byte address in the memory of the kernels. In most parameters that may be absent, 0 stands for none. */
export type Address = number & { readonly _kind?: 'address' };

/** An i32: a size in elements, an index or a code. */
export type Count = number & { readonly _kind?: 'count' };

/** A u32: a part of a seed or of a counter. */
export type Word = number & { readonly _kind?: 'word' };

/** An f32 or f64. */
export type Real = number & { readonly _kind?: 'real' };

/** A boolean as 0 or 1. */
export type Flag = number & { readonly _kind?: 'flag' };
