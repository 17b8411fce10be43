// The outline of an ONNX file: its graph, inputs, outputs and operators. Only `isthmus/onnx` reads whole models.

import type { Report } from './report.ts';

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** The fields of a message of Protocol Buffers. Ends at bytes that are no field. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++];
      if (byte === undefined || scale > 2 ** 63) return Number.NaN;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (offset < bytes.length) {
    const key = varint();
    const wire = key % 8;
    const number = Math.floor(key / 8);
    let value = 0;
    let size = 0;
    if (wire === 0) value = varint();
    else if (wire === 1) size = 8;
    else if (wire === 2) size = varint();
    else if (wire === 5) size = 4;
    else return;
    if (!(size >= 0) || offset + size > bytes.length) return;
    yield { number, value, bytes: bytes.subarray(offset, offset + size) };
    offset += size;
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const fieldsWith = (bytes: Uint8Array, number: number): Field[] =>
  [...fieldsOf(bytes)].filter((field) => field.number === number);

/** Name and shape of an input or an output. */
function describeValue(bytes: Uint8Array): string {
  const name = textOf(fieldsWith(bytes, 1)[0]?.bytes ?? new Uint8Array());
  // ValueInfoProto.type ▸ TypeProto.tensor_type ▸ shape ▸ dim ▸ dim_value or dim_param
  let message = bytes;
  for (const number of [2, 1, 2]) message = fieldsWith(message, number)[0]?.bytes ?? new Uint8Array();
  const sides = fieldsWith(message, 1).map((dimension) => {
    const [side] = fieldsOf(dimension.bytes);
    return side?.number === 2 ? textOf(side.bytes) : String(side?.value ?? '?');
  });
  return sides.length ? `${name} [${sides.join(', ')}]` : name;
}

/** The outline of an ONNX file; undefined for bytes that are none. */
export function describeOnnx(bytes: Uint8Array): Report | undefined {
  const fields = [...fieldsOf(bytes)];
  const graph = fields.find(({ number }) => number === 7)?.bytes;
  if (!graph) return undefined;
  const producer = fields.find(({ number }) => number === 2);
  const version = fields.find(({ number }) => number === 3);
  const opset = fields
    .filter(({ number }) => number === 8)
    .map((field) => ({ domain: fieldsWith(field.bytes, 1)[0]?.bytes, version: fieldsWith(field.bytes, 2)[0]?.value }))
    .find(({ domain }) => !domain || domain.length === 0)?.version;
  const parts = [...fieldsOf(graph)];
  const counts = new Map<string, number>();
  for (const node of parts.filter(({ number }) => number === 1)) {
    const operator = textOf(fieldsWith(node.bytes, 4)[0]?.bytes ?? new Uint8Array());
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  const initializers = parts.filter(({ number }) => number === 5);
  const named = new Set(
    initializers.map(({ bytes: tensor }) => textOf(fieldsWith(tensor, 8)[0]?.bytes ?? new Uint8Array())),
  );
  const values = (number: number): string[] =>
    parts.filter((part) => part.number === number).map((part) => describeValue(part.bytes));
  return {
    kind: 'a model in the format ONNX',
    facts: {
      producer: [producer, version].flatMap((field) => (field ? [textOf(field.bytes)] : [])).join(' ') || undefined,
      'IR version': fields.find(({ number }) => number === 1)?.value,
      opset,
      inputs: values(11)
        .filter((value) => !named.has(value.split(' ')[0]!))
        .join(', '),
      outputs: values(12).join(', '),
      nodes: [...counts.values()].reduce((sum, count) => sum + count, 0),
      weights: initializers.length,
    },
    list: { name: 'operators', items: [...counts].map(([operator, count]) => ({ operator, count })) },
    uses: ["import { fromOnnx } from 'isthmus/onnx'; const model = await fromOnnx(await readFile('FILE'));"],
  };
}
