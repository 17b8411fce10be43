// Finished results and the checkpoints of interrupted trainings, between runs.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures, Picture } from '../../results/recipe.ts';
import { ensureWritableFolder, writeFileAtomically } from '../files.ts';

/** A result and the cost of its trainings. */
export interface FinishedResult {
  readonly figures: Figures;
  readonly settings: string;
  readonly pictures: readonly Picture[];
  /** Weights of all trained models. */
  readonly parameters: number;
  /** Seconds of training, on one thread. */
  readonly seconds: number;
  /** The file of a model that other recipes use. */
  readonly model?: Uint8Array;
}

/** The cache of one recipe. */
export interface RecipeCache {
  /** The result; undefined before the recipe has finished. */
  read(): FinishedResult | undefined;
  /** Stores the result, and removes the checkpoints. */
  write(result: FinishedResult): void;
  /** The path for the checkpoint of a model. */
  checkpoint(model: string): string;
  clear(): void;
}

/**
 * The cache of a recipe in a subfolder of `folder`. The subfolder depends on `dependencies`: with other sources or data
 * the recipe has another cache. A change of the SDK does not change it: `--again` is for that.
 */
export function cacheOf(folder: string, name: string, dependencies: readonly string[]): RecipeCache {
  const hash = createHash('sha256');
  for (const dependency of dependencies) hash.update(dependency).update('\0');
  const path = join(folder, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const resultFile = join(path, 'result.json');
  const modelFile = join(path, 'trained.safetensors');
  return {
    read() {
      if (!existsSync(resultFile)) return undefined;
      const { pictures, ...rest } = JSON.parse(readFileSync(resultFile, 'utf8'));
      const decode = ({ png, caption }: { png: string; caption: string }): Picture => ({
        png: Buffer.from(png, 'base64'),
        caption,
      });
      const model = existsSync(modelFile) && { model: readFileSync(modelFile) };
      return { ...rest, pictures: pictures.map(decode), ...model };
    },
    write({ model, ...result }) {
      ensureWritableFolder(path);
      if (model) writeFileAtomically(modelFile, model);
      const pictures = result.pictures.map(({ png, caption }) => ({
        png: Buffer.from(png).toString('base64'),
        caption,
      }));
      writeFileAtomically(resultFile, JSON.stringify({ ...result, pictures }));
      for (const file of readdirSync(path)) {
        if (![resultFile, modelFile].includes(join(path, file))) rmSync(join(path, file));
      }
    },
    checkpoint(model) {
      ensureWritableFolder(path);
      return join(path, `${model}.safetensors`);
    },
    clear: () => rmSync(path, { recursive: true, force: true }),
  };
}
