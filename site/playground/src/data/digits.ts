// Digits: drawn by code in the worker, and drawn by the user with the pointer.
import { signal } from '@preact/signals';
import { get, set } from 'idb-keyval';
import { worker } from '../training/client.ts';
import type { Dataset } from './dataset.ts';

export const SIDE = 28;
const SIZE = SIDE * SIDE;
/** Copies of each digit of the user in the training data, each moved and turned differently. */
const COPIES = 40;

/** The digits of the user, 784 bytes each. */
export const ownDigits = signal<readonly Uint8Array<ArrayBuffer>[]>([]);

/** Reads the digits of an earlier visit. Without storage the list stays empty. */
export async function readOwnDigits(): Promise<void> {
  const stored = await get<Uint8Array<ArrayBuffer>[]>('own-digits').catch(() => undefined);
  if (stored?.length && ownDigits.value.length === 0) ownDigits.value = stored;
}

export function keepOwnDigits(digits: readonly Uint8Array<ArrayBuffer>[]): void {
  ownDigits.value = digits;
  set('own-digits', digits).catch(() => {});
}

/** A picture turned, scaled and moved about its middle, by bilinear interpolation. */
function vary(picture: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  const angle = (random() - 0.5) * 0.5;
  const scale = 1 + (random() - 0.5) * 0.25;
  const [moveX, moveY] = [(random() - 0.5) * 4, (random() - 0.5) * 4];
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const middle = (SIDE - 1) / 2;
  const at = (x: number, y: number): number => (x >= 0 && y >= 0 && x < SIDE && y < SIDE ? picture[y * SIDE + x]! : 0);
  return Uint8Array.from({ length: SIZE }, (_, i) => {
    const [u, v] = [(i % SIDE) - middle - moveX, Math.floor(i / SIDE) - middle - moveY];
    const [x, y] = [cos * u + sin * v + middle, cos * v - sin * u + middle];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, low] = [x - left, y - top];
    const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
    const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
    return Math.round(upper * (1 - low) + lower * low);
  });
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The class of the user's digits on the map. */
export const OWN_LABEL = 10;

/** Digits drawn by code. Those of the user stand first, with varied copies. */
export async function digitData(count: number, seed: number): Promise<Dataset> {
  const { images, labels } = await worker().drawDigits(count, seed);
  const own = ownDigits.value;
  if (own.length === 0)
    return {
      title: `${count.toLocaleString('en')} digits drawn by code`,
      form: 'picture',
      shape: [SIDE, SIDE, 1],
      values: images,
      labels,
    };
  const mine = ownSet(seed);
  const values = new Uint8Array(mine.length + images.length);
  values.set(mine);
  values.set(images, mine.length);
  const allLabels = new Uint8Array(values.length / SIZE).fill(OWN_LABEL);
  allLabels.set(labels, mine.length / SIZE);
  return {
    title: `${own.length} of your digits and ${count.toLocaleString('en')} drawn by code`,
    form: 'picture',
    shape: [SIDE, SIDE, 1],
    values,
    labels: allLabels,
    shown: own.length,
  };
}

/** The digits of the user and varied copies of them. */
function ownSet(seed: number): Uint8Array<ArrayBuffer> {
  const own = ownDigits.value;
  const random = uniform(seed);
  const values = new Uint8Array(own.length * (1 + COPIES) * SIZE);
  own.forEach((digit, i) => {
    values.set(digit, i * SIZE);
  });
  for (let copy = 0; copy < COPIES; copy++)
    own.forEach((digit, i) => {
      values.set(vary(digit, random), (own.length * (1 + copy) + i) * SIZE);
    });
  return values;
}

/** Only the digits of the user, with varied copies. */
export function ownDigitData(seed: number): Dataset {
  const own = ownDigits.value;
  if (own.length === 0) throw new Error('Draw a digit first.');
  const title = own.length === 1 ? 'your digit and varied copies' : `${own.length} of your digits and varied copies`;
  return { title, form: 'picture', shape: [SIDE, SIDE, 1], values: ownSet(seed), shown: own.length };
}
