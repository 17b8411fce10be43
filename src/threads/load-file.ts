// Loads the files of this package that only calls with the option `threads` need.

/**
 * A file beside the one of the caller; undefined where it is missing, as in a bundle. The path is not a literal: a bundler would
 * add the file to each bundle, and rollup would refuse to write one file.
 */
export async function loadFile<T>(path: string): Promise<T | undefined> {
  try {
    return (await import(path)) as T;
  } catch {
    return undefined;
  }
}
