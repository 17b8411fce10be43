// JavaScript that makes the codec of a compressed file and restores the values of the codec.

import { activation, autoencoder, createCodec, readSafetensors } from 'isthmus';
import { inflate } from '../compress/chunks.ts';
import { shapeFor } from '../compress/codec-pass.ts';
import type { Fields } from '../compress/fields.ts';
import { dictionaryTexts, jsonDictionary } from '../compress/json-dictionary.ts';
import type { DataRanges } from './data-ranges.ts';
import type { CodePart } from './module.ts';
import { quoted } from './quote.ts';

interface StoredCodec {
  /** The description of the group in the structure of the file. */
  readonly group: Fields;
  /** Where the chunks of the group are in `data`. */
  readonly ranges: DataRanges;
  readonly data: Uint8Array;
  /** Channels of the codec. */
  readonly width: number;
  readonly rows: number;
}

/** What a codec without weights is made of. */
interface PlainSettings {
  readonly mode: string;
  readonly maxError?: readonly number[];
  readonly samplesPerBlock: number;
}

/** The options of `createCodec` that make the codec `file` again; undefined for a codec that has weights. */
async function plainOptions(file: Uint8Array, shape: readonly number[]) {
  const { metadata } = readSafetensors(file);
  const { mode, maxError, samplesPerBlock } = JSON.parse(metadata.codec ?? '{}') as PlainSettings;
  const size = shape.reduce((product, side) => product * side, 1);
  const list = mode === 'lossless' ? 'Uint8Array' : 'Float32Array';
  const options = mode === 'lossless' ? { lossless: true, samplesPerBlock } : { maxError, samplesPerBlock };
  try {
    const model = await autoencoder(
      { input: [...shape], encoder: [activation({ activation: 'linear' })], decoder: [] },
      { seed: 1 },
    );
    const calibration = mode === 'lossless' ? new Uint8Array(size) : new Float32Array(size);
    const saved = (await createCodec(model, calibration, options as { lossless: true })).save();
    const isSame = saved.length === file.length && saved.every((byte, i) => byte === file[i]);
    return isSame ? { calibration: `new ${list}(${size})`, options } : undefined;
  } catch {
    return undefined;
  }
}

/** Lines that set `codec` and `values`, the values of all rows. Errors: FormatError. */
export async function codecPart({ group, ranges, data, width, rows }: StoredCodec): Promise<CodePart> {
  const window = group.integer('window', 1);
  const codec = group.object('codec');
  const stored = ranges.next(codec.integer('bytes'));
  const payload = ranges.next(group.integer('payload'));
  const shape = shapeFor(window, width);
  const file = inflate(data.subarray(stored.from, stored.to), codec.integer('size'), jsonDictionary);
  const maxBytes = 4 * Math.ceil(rows / window) * window * width;
  const decode = `const values = codec.decompress(data.subarray(${payload.from}, ${payload.to}), { maxBytes: ${maxBytes} });`;
  const plain = await plainOptions(file, shape);
  if (plain) {
    const options = Object.entries(plain.options).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
    return {
      imports: { isthmus: ['activation', 'autoencoder', 'createCodec'] },
      lines: [
        '// The codec of the file: a model without weights, and a bound for each channel.',
        'const model = await autoencoder(',
        `  { input: ${JSON.stringify(shape)}, encoder: [activation({ activation: 'linear' })], decoder: [] },`,
        '  { seed: 1 },',
        ');',
        `const codec = await createCodec(model, ${plain.calibration}, {`,
        ...options.map((line) => line.replaceAll(',', ', ').trimEnd()),
        '});',
        decode,
      ],
    };
  }
  return {
    imports: { isthmus: ['loadCodec'], 'node:zlib': ['inflateRawSync'] },
    lines: [
      '// The codec has a trained model. Its file is deflated with the preset dictionary of docs/format-table.md.',
      'const dictionary = Buffer.from(',
      '  [',
      ...dictionaryTexts.map((text) => `    ${quoted(text)},`),
      "  ].join(''),",
      ');',
      `const codec = await loadCodec(inflateRawSync(data.subarray(${stored.from}, ${stored.to}), { dictionary }));`,
      decode,
    ],
  };
}
