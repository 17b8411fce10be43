// The size of each export in a bundle: the code that imports it alone, minified by esbuild, WebAssembly included, after brotli.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotli, bundle } from '../../../scripts/size.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = fileURLToPath(new URL('../build/', import.meta.url));
const cache = `${folder}sizes.json`;

/** A digest of the built package. */
function digest() {
  const hash = createHash('sha256');
  for (const file of globSync('dist/**/*.js', { cwd: root }).sort())
    hash.update(file).update(readFileSync(root + file));
  return hash.digest('hex');
}

/** Bytes by `entry name`, such as `isthmus/tfjs fusedAdam`, for a list of `{ entry, name }`. The results are cached. */
export async function sizesOf(exports) {
  const key = digest();
  const stored = existsSync(cache) ? JSON.parse(readFileSync(cache, 'utf8')) : {};
  const sizes = stored.key === key ? stored.sizes : {};
  for (const { entry, name } of exports) {
    const title = `${entry} ${name}`;
    sizes[title] ??= brotli(await bundle(`export { ${name} } from '${entry}';`));
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(cache, JSON.stringify({ key, sizes }));
  return sizes;
}
