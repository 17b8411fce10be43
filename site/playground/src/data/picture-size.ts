// The size of a picture from its header, so that a page knows it without the memory of the pixels.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a PNG, JPEG, GIF, WebP or BMP file. Undefined for other formats and damaged headers. */
export async function pictureSize(file: Blob): Promise<Size | undefined> {
  const view = new DataView(await file.slice(0, 512 * 1024).arrayBuffer());
  try {
    const magic = view.getUint32(0);
    if (magic === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (magic >>> 8 === 0x474946) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (magic >>> 16 === 0x424d) return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    if (magic >>> 16 === 0xffd8) return jpegSize(view);
    if (magic === 0x52494646) return webpSize(view);
  } catch {
    // A header that ends too early.
  }
  return undefined;
}

/** The frame header (SOF0 to SOF15, without DHT, JPG and DAC) of a JPEG file. */
function jpegSize(view: DataView): Size | undefined {
  let offset = 2;
  while (offset + 9 < view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    offset += 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

function webpSize(view: DataView): Size | undefined {
  const chunk = view.getUint32(12);
  const threeBytes = (offset: number): number => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  if (chunk === 0x56503858) return { width: threeBytes(24) + 1, height: threeBytes(27) + 1 };
  if (chunk === 0x56503820)
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (chunk !== 0x5650384c) return undefined;
  const bits = view.getUint32(21, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
