// The content of a file that `toOnnx` has written, as that of a .safetensors file.

import { decodeTensor } from '../../files/dtype.ts';
import { parseMetadata } from '../../files/model.ts';
import type { Tensor } from '../../files/safetensors.ts';
import { METADATA_PREFIX } from '../metadata.ts';
import { fromLayout, weightLayout } from '../weight-layout.ts';
import { floatBytes } from '../write/message.ts';
import type { GraphFile } from './file.ts';

/** The options of layers that the shapes of weights depend on. */
interface LayerData {
  readonly type: string;
  readonly layers?: readonly LayerData[];
  readonly depthMultiplier?: number;
  readonly resetAfter?: boolean;
}

/** The content of a file for `buildModel`. */
export interface ModelContent {
  readonly metadata: Record<string, string>;
  readonly tensors: Map<string, Tensor>;
}

/** The shape of a weight in the model. The inverse of the `dims` of `weightLayout`. */
function shapeOf(
  { type, depthMultiplier = 1, resetAfter }: LayerData,
  name: string,
  dims: readonly number[],
): number[] {
  const [a = 0, b = 0, ...others] = dims;
  if (type === 'gru') {
    if (name === 'bias') return resetAfter === false ? [b / 2] : [2, b / 2];
    return [others[0] ?? 0, b];
  }
  if (name === 'depthwiseKernel' || type === 'depthwiseConv2d')
    return [...others, a / depthMultiplier, depthMultiplier];
  return [...others, b, a];
}

/** Metadata and weights. Errors: FormatError, TypeError for metadata of another form. */
export function savedModel({ metadata, tensors }: GraphFile): ModelContent {
  const entries = Object.entries(metadata).map(([key, value]) => [key.slice(METADATA_PREFIX.length), value] as const);
  const texts: Record<string, string> = Object.fromEntries(entries);
  const spec = parseMetadata(texts, 'model') as Record<string, readonly LayerData[] | undefined>;
  const restored = new Map<string, Tensor>();
  for (const [fileName, tensor] of tensors) {
    // The decoder alone is the encoder of its model.
    const path = texts.part === 'decoder' ? fileName.replace(/^decoder/, 'encoder') : fileName;
    const [part, ...steps] = path.split('.');
    const name = steps.pop() ?? '';
    let layers = spec[part!];
    let layer: LayerData | undefined;
    for (const step of steps) {
      layer = layers?.[Number(step)];
      layers = layer?.layers;
    }
    restored.set(path, tensor);
    const { shape: dims } = tensor;
    if (!layer || !(layer.type === 'gru' || dims.length > 2)) continue;
    const shape = shapeOf(layer, name, dims);
    const values = decodeTensor(tensors, fileName, dims);
    const data = floatBytes(fromLayout(values, shape, weightLayout(layer.type, name, shape)!));
    restored.set(path, { dtype: 'F32', shape, data });
  }
  return { metadata: texts, tensors: restored };
}
