// One time step of a gated recurrent unit (Cho et al., Learning phrase representations using RNN encoder-decoder, 2014)
// without its matrix products, which are calls of `gemm`:
//
//   z = σ(x·Wz + h·Uz)    r = σ(x·Wr + h·Ur)    candidate = tanh(x·Wh + inner)    next = z ∘ h + (1 - z) ∘ candidate
//
// inner is (r ∘ h)·Uh, or r ∘ (h·Uh) as in cuDNN. gates[rows][steps][3][n] holds x·W, later z, r and the candidate, later
// the gradients of their pre-activations. A call reads and writes one step of it. Other arrays are [rows][n] if no shape is
// stated.

import { sigmoid, tanh } from './math/exp';
import { loadPart, madd, splat, storePart } from './simd';

/** Replaces x·W of z and r in `gates` by z and r; products[rows][2][n] is h·U of both. reset = r ∘ factor. */
export function gruGates(
  reset: usize,
  gates: usize,
  products: usize,
  factor: usize,
  rows: i32,
  n: i32,
  steps: i32,
): void {
  const size = (<usize>n) << 2;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j,
        o = (<usize>j) << 2,
        gate = gates + o,
        product = products + o;
      const r = sigmoid(f32x4.add(loadPart(gate + size, left), loadPart(product + size, left)));
      storePart(gate, sigmoid(f32x4.add(loadPart(gate, left), loadPart(product, left))), left);
      storePart(gate + size, r, left);
      storePart(reset + o, f32x4.mul(r, loadPart(factor + o, left)), left);
    }
    gates += <usize>steps * 3 * size;
    products += 2 * size;
    factor += size;
    reset += size;
  }
}

/** Replaces x·Wh in `gates` by the candidate and computes next, which may be h. */
export function gruState(next: usize, h: usize, gates: usize, inner: usize, rows: i32, n: i32, steps: i32): void {
  const size = (<usize>n) << 2;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j,
        o = (<usize>j) << 2,
        gate = gates + o;
      const candidate = tanh(f32x4.add(loadPart(gate + 2 * size, left), loadPart(inner + o, left)));
      storePart(gate + 2 * size, candidate, left);
      storePart(next + o, madd(loadPart(gate, left), f32x4.sub(loadPart(h + o, left), candidate), candidate), left);
    }
    gates += <usize>steps * 3 * size;
    inner += size;
    h += size;
    next += size;
  }
}

/**
 * Gradients of `gruState`. Adds dy[rows][steps][n] to dNext where dy is not 0. Replaces z and the candidate by the gradients
 * of their pre-activations, of which that of the candidate is dInner too, and dNext by z ∘ dNext, a part of dh.
 */
export function gruStateBackward(
  dNext: usize,
  dInner: usize,
  gates: usize,
  h: usize,
  dy: usize,
  rows: i32,
  n: i32,
  steps: i32,
): void {
  const size = (<usize>n) << 2,
    one = splat(1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j,
        o = (<usize>j) << 2,
        gate = gates + o;
      let d = loadPart(dNext + o, left);
      if (dy) d = f32x4.add(d, loadPart(dy + o, left));
      const z = loadPart(gate, left),
        candidate = loadPart(gate + 2 * size, left),
        direct = f32x4.mul(d, z);
      const dz = f32x4.mul(f32x4.mul(direct, f32x4.sub(one, z)), f32x4.sub(loadPart(h + o, left), candidate));
      const dCandidate = f32x4.mul(f32x4.sub(d, direct), f32x4.sub(one, f32x4.mul(candidate, candidate)));
      storePart(gate, dz, left);
      storePart(gate + 2 * size, dCandidate, left);
      storePart(dInner + o, dCandidate, left);
      storePart(dNext + o, direct, left);
    }
    gates += <usize>steps * 3 * size;
    if (dy) dy += <usize>steps * size;
    dNext += size;
    dInner += size;
    h += size;
  }
}

/**
 * Gradients of `gruGates`. Replaces r and products[rows][2][n] by the gradients of the pre-activations. dFactor = r ∘ dReset,
 * which may be dReset or factor.
 */
export function gruGatesBackward(
  dFactor: usize,
  dReset: usize,
  gates: usize,
  products: usize,
  factor: usize,
  rows: i32,
  n: i32,
  steps: i32,
): void {
  const size = (<usize>n) << 2,
    one = splat(1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j,
        o = (<usize>j) << 2,
        gate = gates + o,
        product = products + o;
      const r = loadPart(gate + size, left),
        d = f32x4.mul(loadPart(dReset + o, left), r);
      const dr = f32x4.mul(f32x4.mul(d, f32x4.sub(one, r)), loadPart(factor + o, left));
      storePart(product, loadPart(gate, left), left);
      storePart(product + size, dr, left);
      storePart(gate + size, dr, left);
      storePart(dFactor + o, d, left);
    }
    gates += <usize>steps * 3 * size;
    products += 2 * size;
    dReset += size;
    factor += size;
    dFactor += size;
  }
}
