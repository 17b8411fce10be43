// Runs the test cases of tfjs on its WASM backend, with our kernels and without them.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { allFiles, bundleCases, type Case, runCases } from './upstream/cases.ts';

/** Files with cases for operations whose forward or gradient kernel is ours. */
const ours = new Set([
  ...['conv1d', 'conv2d', 'conv2d_separable', 'conv2d_transpose', 'depthwise_conv2d', 'fused/fused_conv2d'],
  ...['mat_mul', 'fused/fused_mat_mul', 'confusion_matrix', 'max_pool', 'max_pool_3d', 'unsorted_segment_sum'],
  ...['gather', 'sum', 'clone', 'tanh', 'selu', 'softplus'],
].map((name) => `ops/${name}`)); // biome-ignore format: names
/** Files whose cases test operations, gradients, optimizers or the engine; the others test files, pages and flags. */
const relevant = /^(ops|optimizers)\/|^(gradients|tape|tensor|variable|engine|debug_mode|profiler)$/;

const failing = (cases: Map<string, Case>): string[] =>
  [...cases.values()].filter(({ status }) => status === 'failed').map(({ name, message }) => `${name}: ${message}`);
const count = (cases: Map<string, Case>, wanted: Case['status']): number =>
  [...cases.values()].filter(({ status }) => status === wanted).length;

describe('the test cases of tfjs', () => {
  const of = (own: boolean): string[] => allFiles().filter((file) => relevant.test(file) && ours.has(file) === own);
  const [own, rest] = ['build/tfjs-cases-own.cjs', 'build/tfjs-cases-rest.cjs'] as const;
  before(async () => {
    await bundleCases(of(true), own);
    await bundleCases(of(false), rest);
  });

  it('all pass for operations that our kernels run, except copies of complex numbers', async (t) => {
    const [plain, installed] = [await runCases(own, 'plain'), await runCases(own, 'installed')];
    assert.equal(of(true).length, ours.size);
    // The backend has no complex numbers: cases that copy them fail with our kernels and without them.
    const complex = failing(installed).filter((line) => /^clone \d?D? ?complex64.*Kernel 'Complex' not/.test(line));
    assert.deepEqual(failing(installed), complex);
    assert.equal(complex.length, 4);
    assert.deepEqual([...installed.keys()], [...plain.keys()]);
    t.diagnostic(`${count(installed, 'passed')} pass, without our kernels ${count(plain, 'passed')}`);
    assert.ok(count(installed, 'passed') > count(plain, 'passed') + 80);
  });

  it('pass for other operations if they pass without our kernels', async (t) => {
    const [plain, installed] = [await runCases(rest, 'plain'), await runCases(rest, 'installed')];
    assert.deepEqual([...installed.keys()], [...plain.keys()]);
    const broken = [...installed.values()].filter(
      ({ name, status }) => status !== 'passed' && plain.get(name)!.status === 'passed',
    );
    assert.deepEqual(broken, []);
    t.diagnostic(
      `${count(installed, 'passed')} of ${installed.size} pass, without our kernels ${count(plain, 'passed')}`,
    );
    assert.ok(count(plain, 'passed') > 2500);
  });
});
