// Digit-like images where no handwritten ones can be had: each class is a few strokes through points, which
// vary in place, slant, turn, width and thickness, drawn smooth and framed as MNIST is (a box of 20×20,
// centred by mass in 28×28).

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

const SIDE = 28;
const BOX = 20;

/** Strokes of each digit in a unit square, y downwards; more than one way to write some of them. */
const shapes: readonly (readonly (readonly Stroke[])[])[] = [
  [[[[0.5, 0], [0.15, 0.2], [0.05, 0.55], [0.25, 0.95], [0.6, 0.98], [0.9, 0.7], [0.9, 0.3], [0.7, 0.03], [0.45, 0.02]]]],
  [[[[0.5, 0], [0.5, 0.5], [0.5, 1]]], [[[0.3, 0.2], [0.45, 0.1], [0.55, 0]], [[0.55, 0], [0.53, 0.5], [0.5, 1]]]],
  [[[[0.1, 0.25], [0.3, 0.03], [0.65, 0.03], [0.85, 0.25], [0.65, 0.55], [0.3, 0.8], [0.08, 0.98]], [[0.08, 0.98], [0.5, 0.93], [0.95, 0.97]]],
   [[[0.15, 0.2], [0.45, 0], [0.8, 0.2], [0.6, 0.6], [0.2, 0.95], [0.1, 0.8], [0.35, 0.8], [0.6, 0.95], [0.95, 0.9]]]],
  [[[[0.1, 0.1], [0.5, 0], [0.8, 0.2], [0.6, 0.42], [0.35, 0.48]], [[0.35, 0.48], [0.75, 0.55], [0.88, 0.78], [0.6, 0.98], [0.1, 0.92]]]],
  [[[[0.3, 0], [0.2, 0.3], [0.1, 0.55]], [[0.1, 0.55], [0.5, 0.55], [0.95, 0.5]], [[0.75, 0.1], [0.7, 0.5], [0.65, 1]]],
   [[[0.65, 0], [0.35, 0.35], [0.05, 0.65]], [[0.05, 0.65], [0.5, 0.64], [0.95, 0.62]], [[0.68, 0], [0.68, 0.5], [0.68, 1]]]],
  [[[[0.85, 0.02], [0.5, 0.02], [0.25, 0.04]], [[0.25, 0.04], [0.2, 0.25], [0.16, 0.45]], [[0.16, 0.45], [0.5, 0.38], [0.85, 0.55], [0.82, 0.85], [0.5, 1], [0.08, 0.9]]]],
  [[[[0.75, 0], [0.4, 0.2], [0.15, 0.55], [0.2, 0.9], [0.55, 1], [0.82, 0.8], [0.7, 0.55], [0.4, 0.55], [0.18, 0.75]]]],
  [[[[0.05, 0.05], [0.5, 0.04], [0.92, 0.02]], [[0.92, 0.02], [0.65, 0.45], [0.4, 1]]],
   [[[0.05, 0.08], [0.5, 0.05], [0.9, 0.04]], [[0.9, 0.04], [0.6, 0.5], [0.45, 1]], [[0.3, 0.5], [0.55, 0.48], [0.8, 0.48]]]],
  [[[[0.7, 0.08], [0.35, 0.03], [0.2, 0.22], [0.45, 0.45], [0.75, 0.68], [0.65, 0.95], [0.3, 0.97], [0.2, 0.72], [0.5, 0.47], [0.75, 0.25], [0.68, 0.06]]]],
  [[[[0.78, 0.2], [0.5, 0.02], [0.2, 0.15], [0.2, 0.42], [0.5, 0.5], [0.75, 0.35], [0.8, 0.12]], [[0.8, 0.12], [0.76, 0.55], [0.65, 1]]]],
]; // biome-ignore format: drawings

/** Points of a Catmull-Rom spline through the stroke's points, eight to a span. */
function smooth(stroke: Stroke): Point[] {
  const out: Point[] = [];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [a, b, c, d] = [
      stroke[Math.max(i - 1, 0)]!,
      stroke[i]!,
      stroke[i + 1]!,
      stroke[Math.min(i + 2, stroke.length - 1)]!,
    ];
    for (let step = 0; step < 8; step++) {
      const t = step / 8;
      const mix = (k: 0 | 1): number =>
        b[k] +
        0.5 * t * (c[k] - a[k] + t * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + t * (3 * (b[k] - c[k]) + d[k] - a[k])));
      out.push([mix(0), mix(1)]);
    }
  }
  return [...out, stroke[stroke.length - 1]!];
}

/** Raises the pixels near a segment to the ink it leaves there. */
function ink(image: Float32Array, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const reach = radius + 1;
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1e-9;
  const clip = (v: number): number => Math.min(Math.max(v, 0), SIDE - 1);
  for (let y = clip(Math.floor(Math.min(ay, by) - reach)); y <= clip(Math.ceil(Math.max(ay, by) + reach)); y++) {
    for (let x = clip(Math.floor(Math.min(ax, bx) - reach)); x <= clip(Math.ceil(Math.max(ax, bx) + reach)); x++) {
      const t = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1);
      const distance = Math.hypot(x - ax - t * dx, y - ay - t * dy);
      const value = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
      if (value > image[y * SIDE + x]!) image[y * SIDE + x] = value;
    }
  }
}

/** The centre of mass of lines of even thickness. */
function centre(lines: readonly Point[][]): Point {
  let [mass, x, y] = [0, 0, 0];
  for (const line of lines) {
    for (let i = 0; i + 1 < line.length; i++) {
      const [a, b] = [line[i]!, line[i + 1]!];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      mass += length;
      x += (length * (a[0] + b[0])) / 2;
      y += (length * (a[1] + b[1])) / 2;
    }
  }
  return [x / mass, y / mass];
}

/** One digit of a class, as 784 bytes into `out` at `offset`. `random` gives numbers in [0, 1). */
function draw(out: Uint8Array, offset: number, digit: number, random: () => number): void {
  const around = (size: number): number => (random() + random() + random() - 1.5) * size;
  const ways = shapes[digit]!;
  const strokes = ways[Math.floor(random() * ways.length)]!;
  const [slant, turn] = [0.15 + around(0.35), around(0.2)];
  const narrow = 0.8 + around(0.4);
  const radius = 0.95 + around(0.55);
  const place = ([x, y]: Point): Point => {
    const [u, v] = [(x - 0.5 - slant * (y - 0.5)) * narrow + around(0.09), y - 0.5 + around(0.08)];
    return [u * Math.cos(turn) - v * Math.sin(turn), u * Math.sin(turn) + v * Math.cos(turn)];
  };
  // Strokes that meet share their moved point.
  const moved = new Map<string, Point>();
  const move = (point: Point): Point => {
    const key = point.join();
    if (!moved.has(key)) moved.set(key, place(point));
    return moved.get(key)!;
  };
  const lines = strokes.map((stroke) => smooth(stroke.map(move)));
  const points = lines.flat();
  const [left, right] = [Math.min(...points.map((p) => p[0])), Math.max(...points.map((p) => p[0]))];
  const [top, bottom] = [Math.min(...points.map((p) => p[1])), Math.max(...points.map((p) => p[1]))];
  const scale = (BOX - 2 * radius - 1) / Math.max(right - left, bottom - top);
  const [mx, my] = centre(lines);
  const frame = ([x, y]: Point): Point => [13.5 + (x - mx) * scale, 13.5 + (y - my) * scale];
  const image = new Float32Array(SIDE * SIDE);
  for (const line of lines) {
    for (let i = 0; i + 1 < line.length; i++) ink(image, frame(line[i]!), frame(line[i + 1]!), radius);
  }
  for (let i = 0; i < image.length; i++) out[offset + i] = Math.round(image[i]! * 255);
}

/** `count` images of random classes, and their classes. The same seed draws the same. */
export function drawSet(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const generator = xoroshiro128plus(seed);
  const random = (): number => uniformFloat64(generator);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = Math.floor(random() * 10);
    draw(images, i * SIDE * SIDE, labels[i]!, random);
  }
  return { images, labels };
}

export function drawDigits(train: number, test: number, seed: number) {
  const [a, b] = [drawSet(train, seed), drawSet(test, seed + 1_000_003)];
  return { train: a.images, trainLabels: a.labels, test: b.images, testLabels: b.labels };
}
