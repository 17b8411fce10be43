// Mutants of the golden files must give a result or a FormatError, from decompress, open, the stream, loadCodec and
// loadModel.

import { readdirSync, readFileSync } from 'node:fs';
import * as isthmus from 'isthmus';
import { mutate, type Random, randomFrom, redigest, reseal } from './mutate.ts';

const codes = ['truncated', 'corrupt', 'version', 'model', 'limit'];

export interface Tally {
  mutants: number;
  results: number;
  /** Number of errors by their code. */
  readonly errors: Record<string, number>;
}

type Reader = (bytes: Uint8Array) => unknown;

const folder = new URL('../golden/', import.meta.url);
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

/** Functions that read bytes, each with a valid input. Targets marked `slow` start a model, which takes some milliseconds. */
async function targets(): Promise<
  { name: string; source: Uint8Array; read: Reader; slow?: boolean; fix: (b: Uint8Array) => Uint8Array }[]
> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.compressed'))
    .map((file) => file.slice(0, -11));
  const all = await Promise.all(
    names.map(async (name) => {
      const [file, source] = [read(`${name}.codec.safetensors`), read(`${name}.compressed`)];
      const codec = await isthmus.loadCodec(file);
      const stream = async (bytes: Uint8Array): Promise<void> => {
        const pieces = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
        const chunks = pieces.pipeThrough(codec.decompressionStream() as TransformStream<Uint8Array, Float32Array>);
        for await (const values of chunks)
          if (values.length > 2 ** 20) throw new Error('a chunk has more values than a block allows');
      };
      const open = (bytes: Uint8Array): void => {
        const reader = codec.open(bytes);
        if (reader.length) reader.sample(reader.length - 1);
      };
      const load = async (bytes: Uint8Array): Promise<void> => {
        const other = await isthmus.loadCodec(bytes);
        try {
          other.decompress(source);
        } catch (error) {
          if (!(error instanceof isthmus.FormatError)) throw error;
        }
      };
      return [
        { name: `decompress ${name}`, source, read: (bytes: Uint8Array) => codec.decompress(bytes), fix: reseal },
        {
          name: `recover ${name}`,
          source,
          read: (bytes: Uint8Array) => codec.decompress(bytes, { onDamage() {} }),
          fix: reseal,
        },
        { name: `open ${name}`, source, read: open, fix: reseal },
        { name: `stream ${name}`, source, read: stream, slow: true, fix: reseal },
        { name: `loadCodec ${name}`, source: file, read: load, slow: true, fix: redigest },
      ];
    }),
  );
  const spec = { input: [3], encoder: [isthmus.dense({ units: 2 })], decoder: [isthmus.dense({ units: 3 })] };
  const model = await isthmus.autoencoder(spec, { seed: 1 });
  const models = (['float32', 'float16', 'int8'] as const).map((dtype) => ({
    name: `loadModel ${dtype}`,
    source: isthmus.saveModel(model, { dtype }),
    read: async (bytes: Uint8Array) => (await isthmus.loadModel(bytes)).reconstruct(new Float32Array(0)),
    slow: true,
    fix: (bytes: Uint8Array) => bytes,
  }));
  for (const target of models) {
    const { read } = target;
    // The loaded model is called with no samples, which it must refuse.
    target.read = (bytes) =>
      read(bytes).catch((error: Error) => {
        if (!(error instanceof RangeError && /at least one sample/.test(error.message))) throw error;
        return new Float32Array(0);
      });
  }
  return [...all.flat(), ...models];
}

/** Errors: Error with the number of a mutant that gave neither a result nor a FormatError. */
export async function fuzz(mutants: number, seed: number, progress: (tally: Tally) => void = () => {}): Promise<Tally> {
  const list = await targets();
  const [quick, slow] = [list.filter((t) => !t.slow), list.filter((t) => t.slow)];
  const tally: Tally = { mutants: 0, results: 0, errors: {} };
  for (let i = 0; i < mutants; i++) {
    // Each mutant has a separate seed, so it can be reproduced without the previous mutants.
    const random: Random = randomFrom(seed * 0x9e3779b1 + i);
    const from = random(50) === 0 ? slow : quick;
    const target = from[random(from.length)]!;
    const changed = mutate(target.source, list[random(list.length)]!.source, random);
    const bytes = random(2) ? target.fix(changed) : changed;
    try {
      await target.read(bytes);
      tally.results++;
    } catch (error) {
      const { name, code, message } = error as { name: string; code: string; message: string };
      if (name !== 'FormatError' || !codes.includes(code) || !/expected .*, got /.test(message))
        throw new Error(`${target.name}, mutant ${i} of seed ${seed}: ${name} ${code}: ${message}`, { cause: error });
      tally.errors[code] = (tally.errors[code] ?? 0) + 1;
    }
    tally.mutants++;
    if (tally.mutants % 50_000 === 0) progress(tally);
  }
  return tally;
}
