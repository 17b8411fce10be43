// JavaScript that reads pictures to samples.

import { fileLoop, type Source } from './file-loop.ts';
import type { CodePart } from './module.ts';

/** Pictures of PNG or JPEG, one a file. */
export interface PictureSource extends Source {
  readonly format: 'png' | 'jpeg';
  /** The pictures have another size than the samples. */
  readonly resize: boolean;
  /** Channels of the pictures. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: 8 | 16;
}
/** A function that crops a picture around its middle and resizes it by the mean of the covered area. */
const resizeLines = (width: number, height: number): string[] => [
  `/** The picture cropped to ${width} x ${height} around its middle: each pixel is the mean of the area that it covers. */`,
  'function resize({ width, height, data }, channels) {',
  `  const scale = Math.min(width / ${width}, height / ${height});`,
  '  const covered = (start, target, end) => {',
  '    const [from, to] = [start + target * scale, start + (target + 1) * scale];',
  '    const parts = [];',
  '    for (let i = Math.floor(from); i < Math.min(Math.ceil(to), end); i++)',
  '      parts.push([i, (Math.min(to, i + 1) - Math.max(from, i)) / scale]);',
  '    return parts.filter(([, share]) => share > 1e-9);',
  '  };',
  `  const result = new Float32Array(${width * height} * channels);`,
  `  for (let y = 0; y < ${height}; y++)`,
  `    for (let x = 0; x < ${width}; x++)`,
  `      for (const [row, shareY] of covered((height - ${height} * scale) / 2, y, height))`,
  `        for (const [column, shareX] of covered((width - ${width} * scale) / 2, x, width))`,
  '          for (let c = 0; c < channels; c++)',
  `            result[(y * ${width} + x) * channels + c] += data[(row * width + column) * channels + c] * shareX * shareY;`,
  '  return result;',
  '}',
];

/** The expression that gives the pixels of the sample's channels. */
function channelLines(from: number, to: number): string[] {
  if (from === to) return [];
  const gray = to === 1 && from >= 3;
  const value = gray
    ? '0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]'
    : `...data.subarray(i, i + ${Math.min(from, to)})`;
  const item = !gray && from < 3 && to === 3 ? 'data[i], data[i], data[i]' : value;
  return [
    'const pixels = [];',
    `for (let i = 0; i < data.length; i += ${from}) pixels.push(${from === 2 && to === 1 ? 'data[i]' : item});`,
  ];
}

/** Lines that make `samples` of pictures. */
export function picturePart(source: PictureSource): CodePart {
  const { format, resize, channels, depth, shape } = source;
  const [height, width, target] = shape as readonly [number, number, number];
  const decode =
    format === 'png'
      ? 'const { width, height, data } = decode(bytes);'
      : 'const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });';
  const convert = channelLines(channels, target);
  const pixels = convert.length ? 'pixels' : 'data';
  const resized = resize ? `resize({ width, height, data: ${pixels} }, ${target})` : pixels;
  const scale = depth === 16 ? ' / 257' : '';
  const isExact = !resize && !convert.length && depth === 8;
  const push = isExact ? 'data' : `Uint8Array.from(${resized}, (value) => Math.round(value${scale}))`;
  const names = isExact ? decode.replace('width, height, data', 'data') : decode;
  const part = fileLoop(source, [names, ...convert, `samples.push(${push});`]);
  const library = format === 'png' ? { 'fast-png': ['decode'] } : { 'jpeg-js': ['default as jpeg'] };
  const lines = resize ? [...resizeLines(width, height), '', ...part.lines] : part.lines;
  return { lines, imports: { ...part.imports, ...library } };
}
