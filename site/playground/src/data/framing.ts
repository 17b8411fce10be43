// Frames a drawing as MNIST does: a box of 20 × 20, centred by mass in 28 × 28.

const SIDE = 28;
const BOX = 20;
/** The centre of mass of a digit of MNIST, in pixels whose centres are integers. */
const MIDDLE = 14;

/** The part of a drawing that has ink. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The box around the ink. Undefined for an empty drawing. */
function inkBox({ data, width, height }: ImageData): Frame | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x) + 3]! < 32) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  if (right < 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Draws a part of the drawing into 28 × 28 pixels with its box centred at `x`, `y`. Gives the ink of each pixel, 0..255. */
function shrink(drawing: HTMLCanvasElement, frame: Frame, x: number, y: number): Uint8Array<ArrayBuffer> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const scale = BOX / Math.max(frame.width, frame.height);
  const [width, height] = [frame.width * scale, frame.height * scale];
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    drawing,
    ...([frame.left, frame.top, frame.width, frame.height] as const),
    ...([x - width / 2, y - height / 2, width, height] as const),
  );
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]!);
}

/** The digit of a drawing, 784 bytes. Undefined for an empty drawing. */
export function framedDigit(drawing: HTMLCanvasElement): Uint8Array<ArrayBuffer> | undefined {
  const context = drawing.getContext('2d')!;
  const frame = inkBox(context.getImageData(0, 0, drawing.width, drawing.height));
  if (!frame) return undefined;
  const middle = SIDE / 2;
  const first = shrink(drawing, frame, middle, middle);
  let [mass, sumX, sumY] = [0, 0, 0];
  first.forEach((ink, i) => {
    mass += ink;
    sumX += ink * (i % SIDE);
    sumY += ink * Math.floor(i / SIDE);
  });
  return shrink(drawing, frame, middle + MIDDLE - sumX / mass, middle + MIDDLE - sumY / mass);
}
