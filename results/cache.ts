// What is kept between runs: finished results, and checkpoints of what is under way.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFolder, writeWhole } from '../examples/digits/write.ts';
import type { Figures, Picture } from './recipe.ts';

/** A result with what it cost. */
export interface Finished {
  readonly figures: Figures;
  readonly settings: string;
  readonly pictures: readonly Picture[];
  readonly parameters: number;
  /** Of training, on one thread. */
  readonly seconds: number;
  readonly model?: Uint8Array;
}

export interface Place {
  /** The result, if the recipe has finished. */
  read(): Finished | undefined;
  /** Keeps the result, and drops the checkpoints. */
  write(result: Finished): void;
  /** Where the checkpoint of a model lies, or will. */
  checkpoint(name: string): string;
  clear(): void;
}

/**
 * The place of one recipe. `parts` are all that its result depends on: with other ones it has another place. Changes
 * of the SDK are not among them: `--again` is for those.
 */
export function placeOf(folder: string, name: string, parts: readonly string[]): Place {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  const path = join(folder, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const result = join(path, 'result.json');
  const trained = join(path, 'trained.safetensors');
  return {
    read() {
      if (!existsSync(result)) return undefined;
      const { pictures, ...rest } = JSON.parse(readFileSync(result, 'utf8'));
      const decode = ({ png, caption }: { png: string; caption: string }): Picture => ({
        png: Buffer.from(png, 'base64'),
        caption,
      });
      const model = existsSync(trained) && { model: readFileSync(trained) };
      return { ...rest, pictures: pictures.map(decode), ...model };
    },
    write({ model, ...finished }) {
      prepareFolder(path);
      if (model) writeWhole(trained, model);
      const pictures = finished.pictures.map(({ png, caption }) => ({
        png: Buffer.from(png).toString('base64'),
        caption,
      }));
      writeWhole(result, JSON.stringify({ ...finished, pictures }));
      for (const file of readdirSync(path)) if (![result, trained].includes(join(path, file))) rmSync(join(path, file));
    },
    checkpoint(model) {
      prepareFolder(path);
      return join(path, `${model}.safetensors`);
    },
    clear: () => rmSync(path, { recursive: true, force: true }),
  };
}
