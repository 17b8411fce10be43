// Digit-like images where no handwritten ones can be had: strokes whose points, slant, turn, width, thickness and
// pressure vary, drawn smooth and framed as MNIST is (a box of 20×20, centred by mass in 28×28).

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Point, type Stroke, shapes } from './shapes.ts';

const SIDE = 28;
const SIZE = SIDE * SIDE;
const BOX = 20;
/** Where MNIST has the centre of mass, in pixels whose centres are integers. */
const MIDDLE = 14;
const SPANS = 5;

/** A point of the pen's way: place and radius. */
type Dot = [x: number, y: number, radius: number];

/** Points of a Catmull-Rom spline through the stroke's points. */
function smooth(stroke: readonly Point[], radius: (along: number) => number): Dot[] {
  const out: Dot[] = [];
  const spans = stroke.length - 1;
  for (let i = 0; i < spans; i++) {
    const [a, b] = [stroke[Math.max(i - 1, 0)]!, stroke[i]!];
    const [c, d] = [stroke[i + 1]!, stroke[Math.min(i + 2, spans)]!];
    for (let step = 0; step < SPANS; step++) {
      const t = step / SPANS;
      const [t2, t3] = [t * t, t * t * t];
      const [wa, wb] = [(-t + 2 * t2 - t3) / 2, 1 - (5 * t2 - 3 * t3) / 2];
      const [wc, wd] = [(t + 4 * t2 - 3 * t3) / 2, (t3 - t2) / 2];
      const x = wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0];
      const y = wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1];
      out.push([x, y, radius((i + t) / spans)]);
    }
  }
  const end = stroke[spans]!;
  out.push([end[0], end[1], radius(1)]);
  return out;
}

/** Raises the pixels near a segment to the ink it leaves there: full within the radius, half a pixel of edge. */
function ink(image: Uint8Array, [ax, ay, ar]: Dot, [bx, by, br]: Dot): void {
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

/** How one writer's hand turns a shape's points into places; points that are the same stay so. */
function hand(random: () => number): (point: Point) => Point {
  const around = (size: number): number => (random() + random() + random() - 1.5) * size;
  const [slant, turn, narrow] = [0.14 + around(0.36), around(0.22), 0.84 + around(0.3)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // A slow wave bends the whole digit, as a moving wrist does.
  const [bendX, bendY, phaseX, phaseY] = [around(0.12), around(0.1), 6.3 * random(), 6.3 * random()];
  const moved = new Map<string, Point>();
  return (point) => {
    const key = point.join();
    const known = moved.get(key);
    if (known) return known;
    const [x, y] = [point[0] - 0.5, point[1] - 0.5];
    const u = (x - slant * y + bendX * Math.sin(4 * y + phaseX)) * narrow + around(0.065);
    const v = y + bendY * Math.sin(4 * x + phaseY) + around(0.06);
    const place: Point = [u * cos - v * sin, u * sin + v * cos];
    moved.set(key, place);
    return place;
  };
}

/** Scales the lines to the box, thickness included, and moves their mass to the middle. */
function frame(lines: readonly Dot[][], radius: number): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [mass, mx, my] = [0, 0, 0];
  for (const line of lines) {
    line.forEach(([x, y, r], i) => {
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      const before = line[i - 1];
      if (!before) return;
      const length = Math.hypot(x - before[0], y - before[1]) * (r + before[2] + 0.5);
      mass += length;
      mx += (length * (x + before[0])) / 2;
      my += (length * (y + before[1])) / 2;
    });
  }
  const scale = (BOX - 2 * radius - 1) / Math.max(right - left, bottom - top);
  for (const dot of lines.flat()) {
    dot[0] = MIDDLE + (dot[0] - mx / mass) * scale;
    dot[1] = MIDDLE + (dot[1] - my / mass) * scale;
  }
}

/** One digit written one way, as 784 bytes into `image`. `random` gives numbers in [0, 1). */
function draw(image: Uint8Array, strokes: readonly Stroke[], random: () => number): void {
  const place = hand(random);
  const radius = 0.7 + 0.55 * (random() + random());
  const [pressure, phase] = [0.3 * random(), 6.3 * random()];
  const pen = (along: number): number => radius * (1 + pressure * Math.sin(5 * along + phase));
  const lines = strokes.map((stroke) => smooth(stroke.map(place), pen));
  frame(lines, radius);
  for (const line of lines) for (let i = 1; i < line.length; i++) ink(image, line[i - 1]!, line[i]!);
}

/** `count` images of random classes, and their classes. The same seed draws the same. */
export function drawSet(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const generator = xoroshiro128plus(seed);
  const random = (): number => uniformFloat64(generator);
  const images = new Uint8Array(count * SIZE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = Math.floor(random() * 10);
    const ways = shapes[labels[i]!]!;
    draw(images.subarray(i * SIZE, (i + 1) * SIZE), ways[Math.floor(random() * ways.length)]!, random);
  }
  return { images, labels };
}

/** A training and a test set that share no image. */
export function drawDigits(train: number, test: number, seed: number) {
  const [a, b] = [drawSet(train, seed), drawSet(test, seed + 1_000_003)];
  return { train: a.images, trainLabels: a.labels, test: b.images, testLabels: b.labels };
}
