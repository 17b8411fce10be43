// Divides the layers of a graph into encoder and decoder.

import { formatError, wrongValue } from '../../core/errors.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import { VERSION } from '../../files/model.ts';
import type { Tensor } from '../../files/safetensors.ts';
import { floatBytes } from '../write/message.ts';
import { type Chain, makeLayer, type Part } from './chain.ts';
import { fuse } from './fuse.ts';
import type { ModelContent } from './saved.ts';

/** The number of layers of the encoder: up to the value `code`, or to the first of the smallest values and the activation and normalization after it. */
function encoderLength(parts: readonly Part[], code: string | undefined): number {
  if (code !== undefined) {
    const at = parts.findIndex(({ names }) => names.includes(code));
    if (at >= 0) return at + 1;
    throw wrongValue('code', `one of ${parts.flatMap(({ names }) => names).join(', ')}`, code);
  }
  const sizes = parts.map(({ shape }) => sizeOf(shape));
  const smallest = sizes.reduce((a, b) => Math.min(a, b));
  let end = sizes.indexOf(smallest) + 1;
  while (sizes[end] === smallest && /^(activation|.*ormalization)$/.test(parts[end]!.layer.type)) end++;
  return end;
}

/** Metadata and weights of the model of a graph. Errors: RangeError for an unknown code; FormatError. */
export function splitModel({ input, output }: { input: Chain; output: Chain }, code: string | undefined): ModelContent {
  const list: Part[] = [];
  for (let chain: Chain | undefined = output; chain?.part; chain = chain.source) list.push(chain.part);
  const fused = fuse(list.reverse());

  const layer = makeLayer('activation', { activation: 'linear' });
  const parts = fused.length ? fused : [{ layer, weights: {}, inner: [], names: [], shape: input.shape }];
  const { axes, joined } = output;
  if (axes[0] !== 0 || joined)
    throw formatError(
      'model',
      'file',
      'an output of a batch, of an image or of the result of a dense layer',
      'another',
    );
  const hasDecoder = output.shape.join() === input.shape.join();
  const end = encoderLength(parts, code);
  const [encoder, rest] = [parts.slice(0, end), parts.slice(end)];
  const spec: Record<string, Shape | Layer[]> = { input: input.shape, encoder: encoder.map(({ layer }) => layer) };
  const second = hasDecoder ? 'decoder' : 'head';
  if (hasDecoder || rest.length) spec[second] = rest.map(({ layer }) => layer);
  const tensors = new Map<string, Tensor>();
  const addWeights = (some: readonly Part[], path: string): void => {
    some.forEach(({ weights, inner }, i) => {
      addWeights(inner, `${path}.${i}`);
      for (const [name, { shape, data }] of Object.entries(weights))
        tensors.set(`${path}.${i}.${name}`, { dtype: 'F32', shape, data: floatBytes(data) });
    });
  };
  addWeights(encoder, 'encoder');
  addWeights(rest, second);
  const metadata = { format: 'isthmus', version: String(VERSION), model: JSON.stringify(spec), seed: '0' };
  return { metadata, tensors };
}
