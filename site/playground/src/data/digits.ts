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
export const userDigits = signal<readonly Uint8Array<ArrayBuffer>[]>([]);

/** Reads the digits of an earlier visit. Without storage the list stays empty. */
export async function readOwnDigits(): Promise<void> {
  const stored = await get<Uint8Array<ArrayBuffer>[]>('own-digits').catch(() => undefined);
  if (stored?.length && userDigits.value.length === 0) userDigits.value = stored;
}

export function keepOwnDigits(digits: readonly Uint8Array<ArrayBuffer>[]): void {
  userDigits.value = digits;
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
export const USER_LABEL = 10;

/** Digits drawn by code. Those of the user stand first, with varied copies. */
export async function digitData(count: number, seed: number): Promise<Dataset> {
  const { images, labels } = await worker().drawDigits(count, seed);
  const digits = userDigits.value;
  if (digits.length === 0)
    return {
      title: `${count.toLocaleString('en')} digits drawn by code`,
      form: 'picture',
      shape: [SIDE, SIDE, 1],
      values: images,
      labels,
    };
  const userValues = variedDigits(seed);
  const values = new Uint8Array(userValues.length + images.length);
  values.set(userValues);
  values.set(images, userValues.length);
  const allLabels = new Uint8Array(values.length / SIZE).fill(USER_LABEL);
  allLabels.set(labels, userValues.length / SIZE);
  return {
    title: `${digits.length} of your digits and ${count.toLocaleString('en')} drawn by code`,
    form: 'picture',
    shape: [SIDE, SIDE, 1],
    values,
    labels: allLabels,
    shown: digits.length,
  };
}

/** The digits of the user and varied copies of them. */
function variedDigits(seed: number): Uint8Array<ArrayBuffer> {
  const digits = userDigits.value;
  const random = uniform(seed);
  const values = new Uint8Array(digits.length * (1 + COPIES) * SIZE);
  digits.forEach((digit, i) => {
    values.set(digit, i * SIZE);
  });
  for (let copy = 0; copy < COPIES; copy++)
    digits.forEach((digit, i) => {
      values.set(vary(digit, random), (digits.length * (1 + copy) + i) * SIZE);
    });
  return values;
}

/** Only the digits of the user, with varied copies. */
export function userDigitData(seed: number): Dataset {
  const digits = userDigits.value;
  if (digits.length === 0) throw new Error('Draw a digit first.');
  const title =
    digits.length === 1 ? 'your digit and varied copies' : `${digits.length} of your digits and varied copies`;
  return { title, form: 'picture', shape: [SIDE, SIDE, 1], values: variedDigits(seed), shown: digits.length };
}
