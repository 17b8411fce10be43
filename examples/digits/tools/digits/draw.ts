// Draws digit-like images for machines without handwritten ones. The points, slant, turn, width, thickness and pressure
// of each stroke vary; the result is smooth and framed like MNIST (a box of 20×20, centred by mass in 28×28).

import { uniformNumbers } from '../random.ts';
import { type Point, penPaths, type Stroke } from './pen-paths.ts';

const SIDE = 28;
const SIZE = SIDE * SIDE;
const BOX = 20;
/** The centre of mass of a digit of MNIST, in pixels whose centres are integers. */
const MIDDLE = 14;
/** Line segments between two points of a stroke. */
const SEGMENTS = 5;

/** A point of the drawn line, and the radius of the pen there. */
type PenPoint = [x: number, y: number, radius: number];

/** The radius of the pen at a position 0..1 of a stroke. */
type RadiusAt = (position: number) => number;

/** The points of a Catmull-Rom spline through the points of a stroke. */
function spline(stroke: readonly Point[], radiusAt: RadiusAt): PenPoint[] {
  const out: PenPoint[] = [];
  const spans = stroke.length - 1;
  for (let i = 0; i < spans; i++) {
    const [a, b] = [stroke[Math.max(i - 1, 0)]!, stroke[i]!];
    const [c, d] = [stroke[i + 1]!, stroke[Math.min(i + 2, spans)]!];
    for (let step = 0; step < SEGMENTS; step++) {
      const t = step / SEGMENTS;
      const [t2, t3] = [t * t, t * t * t];
      const [wa, wb] = [(-t + 2 * t2 - t3) / 2, 1 - (5 * t2 - 3 * t3) / 2];
      const [wc, wd] = [(t + 4 * t2 - 3 * t3) / 2, (t3 - t2) / 2];
      const x = wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0];
      const y = wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1];
      out.push([x, y, radiusAt((i + t) / spans)]);
    }
  }
  const end = stroke[spans]!;
  out.push([end[0], end[1], radiusAt(1)]);
  return out;
}

/** Draws a line segment: full ink within the radius of the pen, then an edge of half a pixel. */
function drawSegment(image: Uint8Array, [ax, ay, ar]: PenPoint, [bx, by, br]: PenPoint): void {
  const reach = Math.max(ar, br) + 0.5;
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1e-9;
  const [x0, x1] = [Math.max(Math.ceil(Math.min(ax, bx) - reach), 0), Math.min(Math.max(ax, bx) + reach, SIDE - 1)];
  const [y0, y1] = [Math.max(Math.ceil(Math.min(ay, by) - reach), 0), Math.min(Math.max(ay, by) + reach, SIDE - 1)];
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const t = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1);
      const [u, v] = [x - ax - t * dx, y - ay - t * dy];
      const value = 255 * (ar + t * (br - ar) + 0.5 - Math.sqrt(u * u + v * v));
      const at = y * SIDE + x;
      if (value > image[at]!) image[at] = Math.min(Math.round(value), 255);
    }
  }
}

/** One writer's hand: a random transform of the unit square. Equal points stay equal, so that strokes stay joined. */
function randomHand(random: () => number): (point: Point) => Point {
  /** A bell-shaped random number of mean 0 in ±1.5 `size`. */
  const around = (size: number): number => (random() + random() + random() - 1.5) * size;
  const [slant, turn, narrow] = [0.14 + around(0.36), around(0.22), 0.84 + around(0.3)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // A slow wave bends the whole digit, as a moving wrist does.
  const [bendX, bendY, phaseX, phaseY] = [around(0.12), around(0.1), 6.3 * random(), 6.3 * random()];
  const transformed = new Map<string, Point>();
  return (point) => {
    const key = point.join();
    const earlier = transformed.get(key);
    if (earlier) return earlier;
    const [x, y] = [point[0] - 0.5, point[1] - 0.5];
    const u = (x - slant * y + bendX * Math.sin(4 * y + phaseX)) * narrow + around(0.065);
    const v = y + bendY * Math.sin(4 * x + phaseY) + around(0.06);
    const result: Point = [u * cos - v * sin, u * sin + v * cos];
    transformed.set(key, result);
    return result;
  };
}

/** Scales the lines to the box, thickness included, and moves their centre of mass to the middle. */
function fitToBox(lines: readonly PenPoint[][], radius: number): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [mass, momentX, momentY] = [0, 0, 0];
  for (const line of lines) {
    line.forEach(([x, y, r], i) => {
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      const previous = line[i - 1];
      if (!previous) return;
      const segmentMass = Math.hypot(x - previous[0], y - previous[1]) * (r + previous[2] + 0.5);
      mass += segmentMass;
      momentX += (segmentMass * (x + previous[0])) / 2;
      momentY += (segmentMass * (y + previous[1])) / 2;
    });
  }
  const scale = (BOX - 2 * radius - 1) / Math.max(right - left, bottom - top);
  for (const point of lines.flat()) {
    point[0] = MIDDLE + (point[0] - momentX / mass) * scale;
    point[1] = MIDDLE + (point[1] - momentY / mass) * scale;
  }
}

/** Draws one digit into the 784 bytes of `image`. `random` gives numbers in [0, 1). */
function drawDigit(image: Uint8Array, strokes: readonly Stroke[], random: () => number): void {
  const transform = randomHand(random);
  const radius = 0.7 + 0.55 * (random() + random());
  const [pressure, phase] = [0.3 * random(), 6.3 * random()];
  const radiusAt: RadiusAt = (position) => radius * (1 + pressure * Math.sin(5 * position + phase));
  const lines = strokes.map((stroke) => spline(stroke.map(transform), radiusAt));
  fitToBox(lines, radius);
  for (const line of lines) for (let i = 1; i < line.length; i++) drawSegment(image, line[i - 1]!, line[i]!);
}

/** Draws `count` images of random classes. The same seed draws the same images. */
export function drawSet(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const random = uniformNumbers(seed);
  const images = new Uint8Array(count * SIZE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = Math.floor(random() * 10);
    const variants = penPaths[labels[i]!]!;
    const strokes = variants[Math.floor(random() * variants.length)]!;
    drawDigit(images.subarray(i * SIZE, (i + 1) * SIZE), strokes, random);
  }
  return { images, labels };
}

/** Draws a training set and a test set, from different seeds. */
export function drawDigits(trainCount: number, testCount: number, seed: number) {
  const train = drawSet(trainCount, seed);
  const test = drawSet(testCount, seed + 1_000_003);
  return { train: train.images, trainLabels: train.labels, test: test.images, testLabels: test.labels };
}
