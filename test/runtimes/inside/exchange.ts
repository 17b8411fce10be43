// Makes parcels, and reads those that other runtimes have made.
import * as isthmus from 'isthmus';
import { type Parcel, pack, unpack } from '../../suites/parcels.ts';

export type Parcels = Record<string, Parcel>;

export const make = (): Promise<Parcels> => pack(isthmus);

/** Of parcels by the runtime that made them, the SHA-256 of what they give here. */
export async function read(made: Record<string, Parcels>): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [maker, parcels] of Object.entries(made)) found[maker] = await unpack(isthmus, parcels);
  return found;
}
