// Turns a picture upright by its EXIF orientation.

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/**
 * `orientation`, 1..8, says where the first row and the first column of the file are: 1 top and left, 2 top and right,
 * 3 bottom and right, 4 bottom and left, 5 left and top, 6 right and top, 7 right and bottom, 8 left and bottom.
 */
export function turnUpright(picture: Pixels, orientation: number): Pixels {
  if (orientation === 1) return picture;
  const { width, height, channels, data } = picture;
  const swapsAxes = orientation >= 5;
  const flipsColumns = [2, 3, 7, 8].includes(orientation);
  const flipsRows = [3, 4, 6, 7].includes(orientation);
  const turned = { width: swapsAxes ? height : width, height: swapsAxes ? width : height };
  const result = new Uint8Array(data.length);
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const column = swapsAxes ? y : x;
      const row = swapsAxes ? x : y;
      const sourceX = flipsColumns ? width - 1 - column : column;
      const sourceY = flipsRows ? height - 1 - row : row;
      const from = (sourceY * width + sourceX) * channels;
      const to = (y * turned.width + x) * channels;
      for (let c = 0; c < channels; c++) result[to + c] = data[from + c]!;
    }
  }
  return { ...turned, channels, data: result };
}
