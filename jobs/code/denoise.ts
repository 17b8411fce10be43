// JavaScript that removes the noise of a picture or a recording, and the command line that does the same.

import { quoted, shellQuoted } from './quote.ts';

/** The settings of a denoising. */
export interface DenoiseSettings {
  readonly file: string;
  readonly output: string;
  readonly input: 'png' | 'jpeg' | 'wav';
  /** Channels of the file. */
  readonly channels: number;
  /** Bits of a channel of a picture. */
  readonly bits: 8 | 16;
  /** Default: estimated. */
  readonly sigma?: number;
  readonly strength: number;
  /** Name of a model's file. */
  readonly model?: string;
  /** Distance of the patches of a picture, as `patchStride` gives it. Default 1. */
  readonly stride?: 1 | 2;
  /** Frames a second of a recording. */
  readonly rate?: number;
  /** Quality of JPEG. */
  readonly quality: number;
}

const isJpeg = (name: string): boolean => /\.jpe?g?$/i.test(name);

/** The lines that read the file: `data` of floats in 0..1, `width`, `height`, `channels`; or `sound`. */
function readingLines({ file, input, channels, bits }: DenoiseSettings): string[] {
  if (input === 'wav') {
    return [
      'const file = new WaveFile(readFileSync(' + quoted(file) + '));',
      "file.toBitDepth('32f');",
      `const channels = ${channels};`,
      'const sound = Float32Array.from(file.getSamples(true));',
    ];
  }
  if (input === 'jpeg') {
    return [
      `const { data: bytes, width, height } = jpeg.decode(readFileSync(${quoted(file)}), { useTArray: true, maxMemoryUsageInMB: 4096 });`,
      'const channels = 4;',
      'const data = Float32Array.from(bytes, (byte) => byte / 255);',
    ];
  }
  return [
    `const { data: values, width, height, channels } = decode(readFileSync(${quoted(file)}));`,
    `const data = Float32Array.from(values, (value) => value / ${2 ** bits - 1});`,
  ];
}

/** The lines that write `clean`. */
function writingLines({ input, output, bits, quality }: DenoiseSettings): string[] {
  if (input === 'wav') {
    return [
      'const result = new WaveFile();',
      'const byChannel = Array.from({ length: channels }, (_, c) => Array.from(clean.filter((_, i) => i % channels === c)));',
      "result.fromScratch(channels, file.fmt.sampleRate, '32f', channels === 1 ? byChannel[0] : byChannel);",
      "result.toBitDepth('16');",
      `writeFileSync(${quoted(output)}, result.toBuffer());`,
    ];
  }
  if (isJpeg(output)) {
    return [
      'const rgba = new Uint8Array(4 * width * height).fill(255);',
      'for (let i = 0; i < width * height; i++) {',
      '  for (let c = 0; c < 3; c++) rgba[4 * i + c] = Math.round(255 * Math.max(0, Math.min(1, clean[channels * i + (channels < 3 ? 0 : c)])));',
      '}',
      `writeFileSync(${quoted(output)}, jpeg.encode({ data: rgba, width, height }, ${quality}).data);`,
    ];
  }
  const type = bits === 16 ? 'Uint16Array' : 'Uint8Array';
  const maximum = 2 ** bits - 1;
  return [
    `const levels = ${type}.from(clean, (value) => Math.round(${maximum} * Math.max(0, Math.min(1, value))));`,
    `writeFileSync(${quoted(output)}, encode({ data: levels, width, height, channels, depth: ${bits} }));`,
  ];
}

/** The function that builds the model. */
const modelLines = [
  '// An autoencoder whose weights are known: the cosine transform of each patch, units that set small coefficients to 0, and the',
  '// inverse transform, averaged over all patches. Its input is in units of the noise.',
  'async function shrinkage(size, patch, stride, [low, high], isSound) {',
  '  const [rows, columns] = patch;',
  '  const filters = rows * columns;',
  "  const shared = { kernelSize: patch, strides: [stride, isSound ? 1 : stride], padding: 'valid' };",
  '  const shape = [size, isSound ? 1 : size, 1];',
  '  const model = await autoencoder({',
  '    input: isSound ? [size, 1] : shape,',
  '    encoder: [',
  '      ...(isSound ? [reshape({ targetShape: shape })] : []),',
  '      conv2d({ filters, ...shared }),',
  "      depthwiseConv2d({ kernelSize: 1, depthMultiplier: 4, activation: 'relu' }),",
  '    ],',
  '    decoder: [conv2dTranspose({ filters: 1, ...shared }), ...(isSound ? [reshape({ targetShape: [size, 1] })] : [])],',
  '  });',
  '  const basis = (count, u, i) => Math.sqrt((u ? 2 : 1) / count) * Math.cos((Math.PI * (i + 0.5) * u) / count);',
  '  const sine = (i) => (isSound ? Math.SQRT2 * Math.sin((Math.PI * (i + 0.5)) / rows) : 1);',
  '  const covering = (rows / stride) * (isSound ? 1 : columns / stride);',
  '  const slope = high / (high - low);',
  '  const layers = Object.entries(model.weights).map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }]);',
  '  const [analysis, , signs, limits, synthesis] = layers.map(([, { data }]) => data);',
  '  for (let f = 0; f < filters; f++) {',
  '    const isMean = f === 0 && !isSound;',
  '    signs.set([1, 1, -1, -1], 4 * f);',
  '    limits.set(isMean ? [0, 0, 0, 0] : [-low, -high, -low, -high], 4 * f);',
  '    const gains = isMean ? [1, 0, -1, 0] : [slope, 1 - slope, -slope, slope - 1];',
  '    for (let p = 0; p < filters; p++) {',
  '      const [y, x] = [Math.floor(p / columns), p % columns];',
  '      const value = basis(rows, Math.floor(f / columns), y) * basis(columns, f % columns, x) * sine(y);',
  '      analysis[p * filters + f] = value;',
  '      gains.forEach((gain, unit) => (synthesis[4 * (p * filters + f) + unit] = (gain * value) / covering));',
  '    }',
  '  }',
  '  model.setWeights(Object.fromEntries(layers));',
  '  return model;',
  '}',
  'const mirror = (i, size) => {',
  '  const position = Math.abs(i) % (2 * (size - 1) || 1);',
  '  return position < size ? position : 2 * (size - 1) - position;',
  '};',
];

/** The lines that clean a picture plane by plane, tile by tile. */
function pictureLines({ sigma, strength, stride = 1 }: DenoiseSettings): string[] {
  const noise = sigma === undefined ? 'Math.max(estimateNoise({ data, width, height }), 1e-6)' : `${sigma} / 255`;
  const factor = strength === 1 ? '' : ` * ${strength}`;
  return [
    ...modelLines,
    'const [TILE, MARGIN, INNER] = [64, 7, 50];',
    `const model = await shrinkage(TILE, [8, 8], ${stride}, [2.5, 2.9], false);`,
    `const sigma = (${noise})${factor};`,
    '// Brightness and two color differences: an orthonormal transform, so that noise keeps its deviation.',
    'const transform = channels < 3 ? [[1]] : [[1, 1, 1], [1, 0, -1], [1, -2, 1]].map((row) => row.map((v) => v / Math.hypot(...row)));',
    'const clean = data.slice();',
    'for (let c = 0; c < transform.length; c++) clean.forEach((_, i) => { if (i % channels === c) clean[i] = 0; });',
    'for (const row of transform) {',
    '  const plane = Float32Array.from({ length: width * height }, (_, i) =>',
    '    row.reduce((sum, weight, c) => sum + weight * data[i * channels + c], 0) / sigma);',
    '  for (let top = 0; top < height; top += INNER) {',
    '    for (let left = 0; left < width; left += INNER) {',
    '      const tile = Float32Array.from({ length: TILE * TILE }, (_, i) =>',
    '        plane[mirror(top - MARGIN + Math.floor(i / TILE), height) * width + mirror(left - MARGIN + (i % TILE), width)]);',
    '      const result = model.reconstruct(tile);',
    '      for (let y = top; y < Math.min(top + INNER, height); y++) {',
    '        for (let x = left; x < Math.min(left + INNER, width); x++) {',
    '          const value = sigma * result[(y - top + MARGIN) * TILE + x - left + MARGIN];',
    '          row.forEach((weight, c) => (clean[(y * width + x) * channels + c] += weight * value));',
    '        }',
    '      }',
    '    }',
    '  }',
    '}',
  ];
}

/** The lines that clean a recording channel by channel. */
function soundLines({ sigma, strength, rate = 8000 }: DenoiseSettings): string[] {
  const patch = Math.min(1024, 2 ** Math.max(5, Math.round(Math.log2(0.064 * rate))));
  const noise = sigma === undefined ? 'Math.max(estimateNoise(noisy), 1e-6)' : String(sigma);
  const factor = strength === 1 ? '' : ` * ${strength}`;
  return [
    ...modelLines,
    `const PATCH = ${patch};`,
    'const [WINDOW, INNER] = [8 * PATCH, 6 * PATCH];',
    'const model = await shrinkage(WINDOW, [PATCH, 1], PATCH / 8, [2.5, 3.2], true);',
    'const clean = sound.slice();',
    'for (let c = 0; c < channels; c++) {',
    '  const noisy = sound.filter((_, i) => i % channels === c);',
    `  const sigma = ${noise}${factor};`,
    '  for (let start = 0; start < noisy.length; start += INNER) {',
    '    const window = Float32Array.from({ length: WINDOW }, (_, i) => noisy[mirror(start - PATCH + i, noisy.length)] / sigma);',
    '    const result = model.reconstruct(window);',
    '    const end = Math.min(start + INNER, noisy.length);',
    '    for (let i = start; i < end; i++) clean[i * channels + c] = sigma * result[i - start + PATCH];',
    '  }',
    '}',
  ];
}

/** The lines that apply a trained model. */
function trainedLines({ model, input }: DenoiseSettings): string[] {
  return [
    `const model = await loadModel(readFileSync(${quoted(model!)}));`,
    input === 'wav'
      ? 'const clean = denoiseSignal(model, sound, { channels });'
      : 'const { data: clean } = await denoiseImage(model, { data, width, height });',
  ];
}

/** The names that the code imports from `isthmus`. */
function importedNames({ model, input, sigma }: DenoiseSettings): string[] {
  if (model !== undefined) return ['loadModel', input === 'wav' ? 'denoiseSignal' : 'denoiseImage'].sort();
  const names = ['autoencoder', 'conv2d', 'conv2dTranspose', 'depthwiseConv2d'];
  return [...names, ...(sigma === undefined ? ['estimateNoise'] : []), 'reshape'];
}

/** JavaScript for Node, a module that reads a file, removes its noise and writes the result. */
export function denoiseCode(settings: DenoiseSettings): string {
  const { input, output, model } = settings;
  const formats: string[] = [];
  if (input === 'wav') formats.push("import wavefile from 'wavefile';");
  if (input === 'png') formats.push(`import { decode${isJpeg(output) ? '' : ', encode'} } from 'fast-png';`);
  else if (input === 'jpeg' && !isJpeg(output)) formats.push("import { encode } from 'fast-png';");
  if (input === 'jpeg' || isJpeg(output)) formats.push("import jpeg from 'jpeg-js';");
  let work = input === 'wav' ? soundLines(settings) : pictureLines(settings);
  if (model !== undefined) work = trainedLines(settings);
  const lines = [
    "import { readFileSync, writeFileSync } from 'node:fs';",
    ...formats.filter((line) => line.includes('fast-png')),
    `import { ${importedNames(settings).join(', ')} } from 'isthmus';`,
    ...formats.filter((line) => !line.includes('fast-png')),
    '',
    ...(input === 'wav' ? ['const { WaveFile } = wavefile;'] : []),
    ...readingLines(settings),
    '',
    ...work,
    '',
    ...writingLines(settings),
  ];
  return `${lines.join('\n')}\n`;
}

/** The options of `isthmus denoise` that differ from the defaults. */
export interface DenoiseCommand {
  readonly file: string;
  readonly output?: string;
  readonly sigma?: number;
  readonly strength?: number;
  readonly model?: string;
}

/** The command line `isthmus denoise …`. */
export function denoiseCommand({ file, output, sigma, strength, model }: DenoiseCommand): string {
  const words = ['isthmus', 'denoise', shellQuoted(file)];
  if (output !== undefined) words.push('-o', shellQuoted(output));
  if (sigma !== undefined) words.push('--sigma', String(sigma));
  if (strength !== undefined && strength !== 1) words.push('--strength', String(strength));
  if (model !== undefined) words.push('--model', shellQuoted(model));
  return words.join(' ');
}
