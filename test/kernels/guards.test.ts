// No kernel writes outside of its blocks, and no result depends on other memory: every exported function, at odd sizes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { activationCodes } from '../../src/layers/activations.ts';
import { each, Fence } from './fence.ts';
import { flavours } from './harness.ts';
import { integerCases } from './integer-guards.ts';
import { jacobianCases } from './jacobian-guards.ts';

type Run = (f: Fence, n: number) => void;

const kinds = Object.values(activationCodes);
const [lossKinds, random] = [[0, 1, 2, 3, 4, 5, 6, 7], [3, 9, 123, 7] as const];

/** A window of kh × kw taps over h × w padded pixels of c channels: tables, places and runs of values. */
function windows(f: Fence, big: number, h: number, w: number, c: number, kh: number, kw: number) {
  const [places, taps, line] = [(h - kh + 1) * (w - kw + 1), kh * kw, w * c * 4];
  const at = (rows: number, columns: number, base: number): number[] =>
    Array.from({ length: rows * columns }, (_, i) => base + Math.floor(i / columns) * line + (i % columns) * c * 4);
  return { places, taps, rows: f.words(at(h - kh + 1, w - kw + 1, big)), tapTable: f.words(at(kh, kw, 0)) };
}

/** n is 1, 2, 3 … : sizes, channels, columns. Rows are three. */
const cases: Readonly<Record<string, Run>> = {
  activate: (f, n) => each(kinds, (kind) => f.k.activate!(f.out(3 * n), f.in(3 * n), 3, n, kind)),
  activateBackward: (f, n) =>
    each(kinds, (kind) => f.k.activateBackward!(f.out(3 * n), f.in(3 * n), f.in(3 * n), 3, n, kind)),
  activityPenaltyBackward: (f, n) => f.k.activityPenaltyBackward!(f.out(3 * n), f.in(3 * n), f.in(3 * n), f.in(n), 3, n, 0.1, 0.2),
  adam: (f, n) => f.k.adam!(f.both(n), f.in(n), f.both(n), f.both(n, new Float32Array(n)), n, 0.1, 0.1, 0.001, 1e-7, 1),
  addNormal: (f, n) => f.k.addNormal!(f.out(n), f.in(n), n, 0.5, -1, 1, 0, f.scratch, ...random),
  addUniform: (f, n) => f.k.addUniform!(f.out(n), f.in(n), n, 0.5, 0, f.scratch, ...random),
  allFinite: (f, n) => f.k.allFinite!(f.in(n), n),
  affine: (f, n) => {
    f.k.affine!(f.out(3 * n), f.in(3 * n), f.in(n), f.in(n), 3, n);
    f.k.affine!(f.out(3 * n), f.in(3 * n), f.in(n), 0, 3, n);
  },
  bernoulliKl: (f, n) => f.k.bernoulliKl!(f.both(n, new Float32Array(n).fill(0.3)), n, 0.1, f.out(1)),
  byteStateBytes: (f) => f.k.byteStateBytes!(),
  clamp: (f, n) => f.k.clamp!(f.out(n), f.in(n), n, -0.5, 0.5),
  clampBackward: (f, n) => f.k.clampBackward!(f.out(n), f.in(n), f.in(n), n, -0.5, 0.5),
  clear: (f, n) => f.k.clear!(f.out(n), n),
  columnSums: (f, n) => each([1, 3, 9], (rows) => f.k.columnSums!(f.out(n), f.in(rows * n), rows, n)),
  squaredDistance: (f, n) => f.k.squaredDistance!(f.out(2 * n), f.in(2 * n), n, 0.3),
  convolve: (f, n) => {
    for (const masked of [0, 1]) {
      const w = windows(f, f.in(6 * 5 * 2), 6, 5, 2, 3, 2);
      const panels = f.in(w.taps * 2 * Math.ceil(n / 8) * 8);
      const y = f.out(w.places * n);
      const outs = f.words(Array.from({ length: w.places }, (_, p) => p * n * 4));
      const [bias, mask] = masked ? [0, f.in(w.places * n)] : [f.in(n), 0];
      f.k.convolve!(y, outs, w.rows, w.places, panels, n, w.tapTable, w.taps, 2, bias, mask, 1 - masked, f.scratch);
    }
  },
  convolveNarrow: (f, n) => {
    if (n > 3) return;
    for (const [masked, places] of [[0, 16], [1, 8], [1, 3]] as const) {
      const w = windows(f, f.in(6 * 5 * 3), 6, 5, 3, 3, 2);
      const y = f.out(places * n);
      const outs = f.words(Array.from({ length: places }, (_, p) => p * n * 4));
      const [bias, mask] = masked ? [0, f.in(places * n)] : [f.in(n), 0];
      f.k.convolveNarrow!(y, outs, w.rows, places, f.in(n * w.taps * 3), n, w.tapTable, w.taps, 3, bias, mask, 1 - masked, f.scratch);
    }
  },
  convolveWeights: (f, n) => {
    for (const add of [0, 1]) {
      const w = windows(f, f.in(6 * 5 * 3), 6, 5, 3, 3, 2);
      const dw = add ? f.both(w.taps * 3 * n) : f.out(w.taps * 3 * n);
      f.k.convolveWeights!(dw, w.rows, w.places, f.in(w.places * n), n, w.tapTable, w.taps, 3, add, f.scratch, 0, 3 * w.taps);
    }
  },
  broadcastRows: (f, n) => f.k.broadcastRows!(f.out(3 * n), f.in(n), 3, n),
  copy: (f, n) => f.k.copy!(f.out(n), f.in(n), n),
  copyColumns: (f, n) => f.k.copyColumns!(f.both(3 * (n + 2)), n + 2, 1, f.in(3 * (n + 1)), n + 1, 1, n, 3),
  countNonZero: (f, n) => f.k.countNonZero!(f.in(n), n),
  crc32c: (f, n) => f.k.crc32c!(f.in(n), 4 * n - 1, 0, f.scratch),
  ...integerCases,
  ...jacobianCases,
  activationSecondDerivative: (f, n) => each(kinds, (kind) => f.k.activationSecondDerivative!(f.both(n), f.in(n), f.in(n), f.in(n), n, kind)),
  depthwise: (f, n) => {
    for (const multiplier of [1, 2]) {
      const w = windows(f, f.in(6 * 5 * n), 6, 5, n, 3, 2);
      const c = n * multiplier;
      f.k.depthwise!(f.out(w.places * c), w.rows, w.places, f.in(w.taps * c), f.in(c), n, multiplier, w.tapTable, w.taps);
    }
  },
  depthwiseInput: (f, n) => {
    for (const multiplier of [1, 2]) {
      const w = windows(f, f.both(6 * 5 * n), 6, 5, n, 3, 2);
      const c = n * multiplier;
      f.k.depthwiseInput!(w.rows, w.places, f.in(w.places * c), f.in(w.taps * c), n, multiplier, w.tapTable, w.taps);
    }
  },
  depthwiseWeights: (f, n) => {
    for (const multiplier of [1, 2]) {
      const w = windows(f, f.in(6 * 5 * n), 6, 5, n, 3, 2);
      const c = n * multiplier;
      const [dw, dy] = [f.out(w.taps * c), f.in(w.places * c)];
      f.k.depthwiseWeights!(dw, w.rows, w.places, dy, n, multiplier, w.tapTable, w.taps, 0);
    }
  },
  uniformAt: (f, n) => f.k.uniformAt!(n, f.scratch, ...random),
  dropout: (f, n) => f.k.dropout!(f.out(n), f.in(n), n, 0.3, 0, f.scratch, ...random),
  fillRuns: (f, n) => f.k.fillRuns!(f.both(3 * (n + 1)), 3, n + 1, n, 0.5),
  batchNormScaleShift: (f, n) =>
    f.k.batchNormScaleShift!(f.out(n), f.out(n), f.in(n), f.in(n, new Float32Array(n).fill(0.5)), f.in(n), f.in(n), n, 1e-3),
  gaussianKl: (f, n) => f.k.gaussianKl!(f.out(n), f.in(3 * n), f.in(3 * n), 3, n, 0.01),
  gemm: (f, n) => {
    for (const [m, k] of [[1, 3], [3, 1], [9, 130]] as const)
      for (const add of [0, 1]) {
        const c = add ? f.both(m * n) : f.out(m * n);
        f.k.gemm!(c, f.in(m * k), f.in(k * n), add ? 0 : f.in(n), m, n, k, add, f.scratch);
      }
  },
  gemmSparse: (f, n) => {
    for (const k of [1, 7, 33]) f.k.gemmSparse!(f.out(3 * n), f.in(3 * k), f.in(k * n), f.in(n), 3, n, k, f.scratch);
  },
  gemmNT: (f, n) => {
    for (const [m, k] of [[1, 3], [3, 1], [9, 130]] as const)
      for (const add of [0, 1])
        f.k.gemmNT!(add ? f.both(m * n) : f.out(m * n), f.in(m * k), f.in(n * k), m, n, k, add, f.scratch);
  },
  gemmTN: (f, n) => {
    for (const [m, k] of [[1, 3], [3, 1], [9, 130]] as const)
      for (const add of [0, 1])
        f.k.gemmTN!(add ? f.both(m * n) : f.out(m * n), f.in(k * m), f.in(k * n), m, n, k, add, f.scratch, m);
  },
  gemmInt32: (f, n) =>
    f.k.gemmInt32!(f.out(3 * n), f.words([1, 2, 3, 4, 5, 6]), f.words(Array.from({ length: 2 * n }, (_, i) => i)), 3, n, 2, 2, 1, n, 1),
  threshold: (f, n) => f.k.threshold!(f.out(n), f.in(n), n, f.in(1)),
  deadUnitsBackward: (f, n) => f.k.deadUnitsBackward!(f.both(3 * n), f.in(3 * n), f.in(3 * n), 3, n, 0.5),
  topK: (f, n) => f.k.topK!(f.out(3 * n), f.in(3 * n), 3, n, Math.ceil(n / 2)),
  nonZeroBackward: (f, n) => f.k.nonZeroBackward!(f.out(n), f.in(n), f.in(n), n),
  gruGates: (f, n) => f.k.gruGates!(f.out(3 * n), f.both(3 * 2 * 3 * n), f.in(3 * 2 * n), f.in(3 * n), 3, n, 2),
  gruGatesBackward: (f, n) =>
    f.k.gruGatesBackward!(f.out(3 * n), f.in(3 * n), f.both(3 * 2 * 3 * n), f.out(3 * 2 * n), f.in(3 * n), 3, n, 2),
  gruState: (f, n) => f.k.gruState!(f.out(3 * n), f.in(3 * n), f.both(3 * 2 * 3 * n), f.in(3 * n), 3, n, 2),
  gruStateBackward: (f, n) => {
    f.k.gruStateBackward!(f.both(3 * n), f.out(3 * n), f.both(3 * 2 * 3 * n), f.in(3 * n), 0, 3, n, 2);
    f.k.gruStateBackward!(f.both(3 * n), f.out(3 * n), f.both(3 * 2 * 3 * n), f.in(3 * n), f.in(3 * 2 * n), 3, n, 2);
  },
  layerNormalize: (f, n) => f.k.layerNormalize!(f.out(3 * n), f.in(3 * n), f.in(n), f.in(n), 3, n, 1e-3),
  layerNormalizeBackward: (f, n) =>
    f.k.layerNormalizeBackward!(f.out(3 * n), f.both(n), f.both(n), f.in(3 * n), f.in(3 * n), f.in(n), 3, n, 1e-3),
  loadFloat: (f) => f.k.loadFloat!(f.in(1)),
  lossGradient: (f, n) => {
    for (const kind of lossKinds)
      for (const add of [0, 1])
        f.k.lossGradient!(add ? f.both(n) : f.out(n), f.in(n, new Float32Array(n).fill(0.4)), f.in(n), n, kind, 0.3, add);
  },
  lossSum: (f, n) => each(lossKinds, (kind) => f.k.lossSum!(f.in(n, new Float32Array(n).fill(0.4)), f.in(n), n, kind)),
  maxPool3d: (f, n) => f.k.maxPool3d!(f.out(2 * 2 * 2 * n), f.in(2 * 3 * 3 * 3 * n), 2, 3, 3, 3, n, 1, 2, 2, 3, 2, 2, 1, 2, 2, 0, 1, 0),
  maxPool3dBackward: (f, n) =>
    f.k.maxPool3dBackward!(f.out(54 * n), f.in(8 * n), f.in(54 * n), 2, 3, 3, 3, n, 1, 2, 2, 3, 2, 2, 1, 2, 2, 0, 1, 0),
  batchMoments: (f, n) => each([1, 3, 9], (rows) => f.k.batchMoments!(f.out(n), f.out(n), f.in(rows * n), rows, n, f.both(n), f.both(n), 0.01)),
  batchNormalizeBackward: (f, n) =>
    f.k.batchNormalizeBackward!(f.out(3 * n), f.out(n), f.out(n), f.in(3 * n), f.in(3 * n), f.in(n), f.in(n, new Float32Array(n).fill(0.5)), f.in(n), 3, n, 1e-3),
  momentum: (f, n) => each([0, 1], (nesterov) => f.k.momentum!(f.both(n), f.in(n), f.both(n), n, 0.1, 0.9, nesterov)),
  shiftFlip: (f, n) => {
    for (const flips of [0, 1, 2, 3])
      for (const [down, right, value] of [[1, -2, 0.5], [-9, 9, Number.NaN]] as const)
        f.k.shiftFlip!(f.both(3 * 5 * n), f.out(3 * 5 * n), 3, 5, n, flips, down, right, value);
  },
  multiply: (f, n) => f.k.multiply!(f.out(n), f.in(n), f.in(n), n),
  packNarrow: (f, n) => {
    if (n > 3) return;
    const at = f.in(4 * 3 * n);
    const taps = f.words([0, 1, 2, 3].map((t) => at + t * 12 * n));
    for (const transposed of [0, 1]) f.k.packNarrow!(f.out(n * 4 * 3), taps, 4, 3, n, transposed);
  },
  packTaps: (f, n) => {
    const at = f.in(4 * 3 * n);
    const taps = f.words([0, 1, 2, 3].map((t) => at + t * 12 * n));
    for (const transposed of [0, 1]) f.k.packTaps!(f.out(4 * 3 * Math.ceil(n / 8) * 8), taps, 4, 3, n, transposed);
  },
  pad: (f, n) => f.k.pad!(f.out(2 * 6 * 6 * n), f.in(2 * 3 * 4 * n), 2, 3, 4, n, 1, 2, 2, 0),
  penalty: (f, n) => f.k.penalty!(f.in(n), n, 0.1, 0.2),
  penaltyGradient: (f, n) => f.k.penaltyGradient!(f.both(n), f.in(n), n, 0.1, 0.2),
  pixelsToFloats: (f, n) => f.k.pixelsToFloats!(f.out(n), f.in(Math.ceil(n / 4)), n),
  poisson: (f, n) => f.k.poisson!(f.out(n), f.in(n, new Float32Array(n).fill(0.4)), n, 30, 0, f.scratch, ...random),
  pool: (f, n) => each([0, 1], (average) => f.k.pool!(f.out(2 * 2 * 3 * n), f.in(2 * 3 * 5 * n), 2, 3, 5, n, 2, 3, 2, 2, 2, 2, 1, 0, average)),
  poolBackward: (f, n) =>
    each([0, 1], (average) =>
      f.k.poolBackward!(f.both(30 * n, new Float32Array(30 * n)), f.in(12 * n), f.in(12 * n), f.in(30 * n), 2, 3, 5, n, 2, 3, 2, 2, 2, 2, 1, 0, average),
    ),
  randomWords: (f, n) => f.k.randomWords!(f.out(16 * n), 32, 16 * n, ...random),
  reparameterize: (f, n) => f.k.reparameterize!(f.out(n), f.in(n), f.in(n), n, 0, f.scratch, ...random),
  reparameterizeBackward: (f, n) =>
    f.k.reparameterizeBackward!(f.out(3 * n), f.out(3 * n), f.in(3 * n), f.in(3 * n), f.in(3 * n), f.in(3 * n), f.in(n), 3, n, 0.1),
  saltAndPepper: (f, n) => f.k.saltAndPepper!(f.out(n), f.in(n), n, 0.4, 0, 1, 0, f.scratch, ...random),
  resize: (f, n) => {
    for (const bilinear of [0, 1]) {
      f.k.resize!(f.out(2 * 4 * 9 * n), f.in(2 * 2 * 3 * n), 2, 2, 3, n, 2, 3, bilinear, 0);
      f.k.resize!(f.in(2 * 4 * 9 * n), f.both(2 * 2 * 3 * n), 2, 2, 3, n, 2, 3, bilinear, 1);
    }
  },
  quantizePrediction: (f, n) => f.k.quantizePrediction!(f.out(n), f.in(n), n, 0.01),
  residualStateBytes: (f, n) => f.k.residualStateBytes!(n),
  rmsprop: (f, n) => f.k.rmsprop!(f.both(n), f.in(n), f.both(n, new Float32Array(n)), n, 0.1, 0.9, 1e-7),
  roundTo: (f, n) => f.k.roundTo!(f.out(n), f.in(n), n, 0.5),
  scale: (f, n) => f.k.scale!(f.both(n), n, 0.5),
  segmentSum: (f, n) => f.k.segmentSum!(f.out(3 * n), f.in(4 * n), f.words([2, 0xffffffff, 3, 0]), 4, n, 3),
  sgd: (f, n) => f.k.sgd!(f.both(n), f.in(n), n, 0.1),
  storeFloat: (f) => f.k.storeFloat!(f.out(1), 0.1),
  brightnessContrast: (f, n) => f.k.brightnessContrast!(f.both(n), n, 1.5, 0.1, 0, 1),
  standardize: (f, n) =>
    each([0, 1], (back) => {
      f.k.standardize!(f.out(3 * n), f.in(3 * n), f.in(n), f.in(n), 3, n, back);
      f.k.standardize!(f.out(3 * n), f.in(3 * n), 0, f.in(n), 3, n, back);
    }),
  add: (f, n) => f.k.add!(f.out(n), f.in(n), f.in(n), n),
  sumOfSquares: (f, n) => f.k.sumOfSquares!(f.in(n), n),
  uniform: (f, n) => f.k.uniform!(f.out(n), n, 0.5, f.scratch, ...random),
  unpad: (f, n) => f.k.unpad!(f.out(2 * 3 * 4 * n), f.in(2 * 6 * 6 * n), 2, 3, 4, n, 1, 2, 2, 0),
}; // biome-ignore format: lists of arguments

/** Kernels of the coders, whose tables and states make a call: the tests of these files call them between guards. */
const coders: Readonly<Record<string, string>> = {
  initByteCoder: 'residual-coders.ts',
  codeBytes: 'residual-coders.ts',
  dequantize: 'codec.test.ts',
  quantize: 'codec.test.ts',
  ransDecode: 'codec.test.ts',
  ransEncode: 'codec.test.ts',
  logisticMixtureBits: 'prior.test.ts',
  initResidualCoder: 'residual-coders.ts',
  codeResiduals: 'residual-coders.ts',
};

describe('guards around kernels', () => {
  it('every function that a module exports has a case', () => {
    const folder = new URL('../../dist/wasm/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
    const names = files.flatMap((name) =>
      WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(new URL(name, folder)))).map((one) => one.name),
    );
    const known = new Set([...Object.keys(cases), ...Object.keys(coders)]);
    assert.deepEqual(
      [...new Set(names)].filter((name) => !known.has(name)),
      [],
      'without a case',
    );
    assert.deepEqual(
      [...known].filter((name) => !names.includes(name)),
      [],
      'no kernels any more',
    );
    for (const [name, file] of Object.entries(coders))
      assert.match(
        readFileSync(new URL(file, import.meta.url), 'utf8'),
        new RegExp(`\\.${name}\\(`),
        `${name} in ${file}`,
      );
  });

  it('find a kernel that writes outside of its block', () => {
    for (const [first, count] of [
      [0, 6],
      [4, 5],
      [-4, 6],
      [4096, 1],
    ] as const) {
      const f = new Fence('strict', 0x7fc0dead, 4);
      const block = f.out(5);
      assert.throws(() => f.k.clear!(block + first, count), /^AssertionError.*clear\(.* changed byte/);
    }
  });

  /** Bytes that a kernel reads behind its blocks and does not use: assembly/conv/weights.ts. */
  const beyond: Readonly<Record<string, number>> = { convolveNarrow: 12, convolveWeights: 60 };
  /** Its dy, which is a tensor of somebody else's in the memory of tfjs: the allocator keeps 40 bytes behind all. */
  const [dy, behind] = [4, 28];
  for (const flavour of flavours)
    it(`none reads further than that: each block in turn lies at the end of the memory, ${flavour}`, () => {
      for (const [name, run] of Object.entries(cases))
        for (const n of [1, 3, 5, 9, 17]) {
          const first = new Fence(flavour, 0, 0);
          run(first, n);
          for (let block = 0; block < first.taken; block++)
            run(new Fence(flavour, 0, 0, block, beyond[name] && block === dy ? behind : (beyond[name] ?? 0)), n);
        }
    });

  for (const flavour of flavours)
    for (const [name, run] of Object.entries(cases))
      it(`${name}, ${flavour}`, () => {
        for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]) {
          // NaN, zero and a large number around all blocks, which lie where they may lie: the same bits.
          const around = [[0x7fc0dead, 0], [0, 4], [0x7149f2ca, 12]] as const; // biome-ignore format: pairs
          const results = around.map(([fill, shift]) => {
            const f = new Fence(flavour, fill, shift);
            run(f, n);
            assert.ok(f.called.has(name) || n > 3, name);
            return f.results;
          });
          for (const other of results) assert.deepEqual(other, results[0], `n ${n}`);
        }
      });
});
