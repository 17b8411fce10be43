// Makes parcels, and reads those that other runtimes have made.
import * as isthmus from 'isthmus';
import { type CompressedData, compressInAllModes, digestsOfValues } from '../../suites/compressed-data.ts';

export type Parcels = Record<string, CompressedData>;

export const make = (): Promise<Parcels> => compressInAllModes(isthmus);

/** Of parcels by the runtime that made them, the SHA-256 of what they give here. */
export async function read(made: Record<string, Parcels>): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [maker, parcels] of Object.entries(made)) found[maker] = await digestsOfValues(isthmus, parcels);
  return found;
}
