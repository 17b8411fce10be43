// Writes parcels, and reads parcels of other runtimes.
import * as isthmus from 'isthmus';
import { type CompressedData, compressInAllModes, digestsOfValues } from '../../suites/compressed-data.ts';

export type Parcels = Record<string, CompressedData>;

export const make = (): Promise<Parcels> => compressInAllModes(isthmus);

/** SHA-256 of the values that each parcel decompresses to in this runtime, by the runtime that wrote the parcel. */
export async function read(made: Record<string, Parcels>): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [maker, parcels] of Object.entries(made)) found[maker] = await digestsOfValues(isthmus, parcels);
  return found;
}
