// The kind of a file by its first bytes: names lie.

export type FileKind =
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'avif'
  | 'heic'
  | 'bmp'
  | 'svg'
  | 'wav'
  | 'zip'
  | 'gzip'
  | 'pdf'
  | 'safetensors'
  | 'text'
  | 'empty'
  | 'unknown';

/** Words for the content of a file, for messages. */
const words: Readonly<Record<FileKind, string>> = {
  png: 'a PNG picture',
  jpeg: 'a JPEG picture',
  gif: 'a GIF picture',
  webp: 'a WebP picture',
  avif: 'an AVIF picture',
  heic: 'a HEIC picture',
  bmp: 'a BMP picture',
  svg: 'an SVG drawing',
  wav: 'a WAV recording',
  zip: 'a zip archive (also a spreadsheet or a Keras file)',
  gzip: 'a gzip archive',
  pdf: 'a PDF document',
  safetensors: 'tensors in the safetensors format',
  text: 'text',
  empty: 'nothing: it is empty',
  unknown: 'data of an unknown kind',
};

const pictures = new Set<FileKind>(['png', 'jpeg', 'gif', 'webp', 'avif', 'heic', 'bmp', 'svg']);
export const isPicture = (kind: FileKind): boolean => pictures.has(kind);

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

/** UTF-8 or UTF-16 without control characters. The last bytes may be part of a character. */
function isText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  return !bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13);
}

export async function fileKind(file: Blob): Promise<FileKind> {
  const bytes = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  if (bytes.length === 0) return 'empty';
  const start = latin(bytes, 0, 16);
  if (start.startsWith('\x89PNG')) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('GIF8')) return 'gif';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'webp';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WAVE') return 'wav';
  if (start.slice(4, 8) === 'ftyp') return /avif|avis/.test(latin(bytes, 8, 32)) ? 'avif' : 'heic';
  if (start.startsWith('BM') && !isText(bytes)) return 'bmp';
  if (start.startsWith('PK\x03\x04')) return 'zip';
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  if (start.startsWith('%PDF')) return 'pdf';
  if (bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0) return 'safetensors';
  if (!isText(bytes)) return 'unknown';
  return /<svg[\s>]/.test(latin(bytes, 0, 1024)) ? 'svg' : 'text';
}

/** An error that names the kind of the file and the kind to choose instead. */
export const wrongFile = (file: File, kind: FileKind, wanted: string): Error =>
  new Error(`${file.name} holds ${words[kind]}. Choose ${wanted}.`);
