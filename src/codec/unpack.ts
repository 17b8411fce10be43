// Blocks to values, into one array or one after the other.

import { FormatError, formatError } from '../errors.ts';
import type { Coding } from './coding.ts';
import { type Damage, type Item, recordsOf, type Whole } from './records.ts';
import { corrupt, type Values } from './values.ts';

export interface UnpackOptions {
  /**
   * Called with each part of the data that is lost, which is then NaN (0 in bytes) in what comes out, instead of an
   * error.
   */
  readonly onDamage?: (damage: Damage) => void;
}

/** Room for samples. Errors: FormatError `limit` for more than there is memory for: a block of constant samples is some 50 bytes. */
export function newValues({ mode, size }: Coding, samples: number): Values {
  const count = samples * size;
  try {
    return mode.name === 'lossless' ? new Uint8Array(count) : new Float32Array(count);
  } catch {
    throw formatError('limit', 'bytes', 'no more values than there is memory for', count);
  }
}

/** The values of a block. Errors: FormatError, whatever the bytes. */
export function decodeBlock({ coder }: Coding, { samples, payload, bound }: Whole): Values {
  if (!(bound >= 0 && bound < Infinity)) throw corrupt();
  return coder.decode(payload, samples, bound) as Values;
}

/** What reads compressed bytes: items that are whole, and the values of each. */
export function unpackerOf(coding: Coding, { onDamage }: UnpackOptions) {
  const { items, finish } = recordsOf(coding, onDamage !== undefined);

  /** Of a part that is lost, what stands for them. */
  function valuesOf(item: Item): Values {
    let { error } = item as Partial<Damage>;
    const { first, samples } = item;
    try {
      if (!error) return decodeBlock(coding, item as Whole);
    } catch (found) {
      if (!(found instanceof FormatError && onDamage)) throw found;
      error = found;
    }
    const lost = newValues(coding, samples).fill(coding.mode.name === 'lossless' ? 0 : Number.NaN);
    onDamage!({ first, samples, error });
    return lost;
  }

  return { items, finish, valuesOf };
}

/** All values. No block is decoded before all have been found whole; so memory is taken only for what is there. */
export function unpackAll(coding: Coding, bytes: Uint8Array, options: UnpackOptions): Values {
  const { items, finish, valuesOf } = unpackerOf(coding, options);
  const all = [...items(bytes)];
  finish();
  const out = newValues(
    coding,
    all.reduce((sum, { samples }) => sum + samples, 0),
  );
  let at = 0;
  for (const item of all) {
    out.set(valuesOf(item), at);
    at += item.samples * coding.size;
  }
  return out;
}
