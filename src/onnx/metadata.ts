// The metadata that `fromOnnx` reads: the spec, as in .safetensors files, and a digest of the nodes.

/** The beginning of the keys of this metadata. */
export const METADATA_PREFIX = 'isthmus.';

/**
 * A digest of the nodes of a graph, each as bytes (FNV-1a, 32 bits). Another digest than that in the metadata: another tool has
 * changed the graph, so the spec no longer describes it.
 */
export function digest(nodes: readonly Uint8Array[]): string {
  let hash = 0x811c9dc5;
  for (const node of nodes) for (const byte of node) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
