// Tensors of other tools.

import type { SafetensorsContent, TensorData } from 'isthmus';
import { sizeOf } from '../formats/number-types.ts';
import type { Report } from './report.ts';

/** The tool that names its tensors so. */
function originOf(names: readonly string[]): string | undefined {
  if (names.some((name) => /\.(running_mean|num_batches_tracked|weight_ih_l\d+)$/.test(name))) return 'PyTorch';
  if (names.some((name) => /\.weight$/.test(name))) return 'PyTorch, by the names of the tensors';
  if (names.some((name) => /(^|[./])kernel(:0)?$/.test(name))) return 'Keras or JAX, by the names of the tensors';
  return undefined;
}

/** A `.safetensors` file that is no model of isthmus. */
export function describeTensors({ tensors, metadata }: SafetensorsContent<TensorData>): Report {
  const names = Object.keys(tensors);
  const format = metadata.format;
  const facts = {
    tensors: names.length,
    values: names.reduce((sum, name) => sum + sizeOf(tensors[name]!.shape), 0),
    origin: format?.startsWith('isthmus') ? undefined : originOf(names),
    metadata: Object.keys(metadata).join(', ') || undefined,
  };
  const items = names.map((name) => ({ tensor: name, type: tensors[name]!.dtype, shape: tensors[name]!.shape }));
  if (format?.startsWith('isthmus-'))
    return { kind: `a file of isthmus (${format})`, facts, list: { name: 'tensors', items }, uses: [] };
  return {
    kind: 'tensors in the format safetensors, not of isthmus',
    facts,
    list: { name: 'tensors', items },
    uses: ["model.setWeights(…) takes the tensors of readSafetensors(await readFile('FILE'))"],
  };
}
