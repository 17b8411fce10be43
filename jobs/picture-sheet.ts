// Many small pictures as one.

/** Size of the pictures. */
export interface SheetCells {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Pixels between two pictures. */
const GAP = 2;

/** The columns of the sheet that is closest to a square. */
function columnsOf(count: number, { width, height }: SheetCells): number {
  return Math.min(count, Math.max(1, Math.round(Math.sqrt((count * height) / width))));
}

/**
 * A picture of bytes with all pictures in rows, white between them; a single picture alone. `data`: pictures end to end, values
 * in 0..1, which are limited to that range.
 */
export function pictureSheet(data: ArrayLike<number>, cells: SheetCells) {
  const { width, height, channels } = cells;
  const size = width * height * channels;
  const count = data.length / size;
  const columns = columnsOf(count, cells);
  const rows = Math.ceil(count / columns);
  const sheet = { width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP };
  const pixels = new Uint8Array(sheet.width * sheet.height * channels).fill(255);
  for (let i = 0; i < count; i++) {
    const left = (i % columns) * (width + GAP);
    const top = Math.floor(i / columns) * (height + GAP);
    for (let y = 0; y < height; y++) {
      const from = i * size + y * width * channels;
      const to = ((top + y) * sheet.width + left) * channels;
      for (let k = 0; k < width * channels; k++)
        pixels[to + k] = Math.round(Math.min(Math.max(data[from + k]!, 0), 1) * 255);
    }
  }
  return { ...sheet, channels, depth: 8 as const, data: pixels };
}
