import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { innermostLoops, isSpill, parseListing } from '../../bench/listing.ts';
import { listingFault, measureSpills, spillsOf } from '../../bench/spills.ts';

/**
 * Moves between vector registers and the stack in the innermost loops of each kernel that has any, by V8 of the pinned Node. Products,
 * convolutions and optimizers must stay at 0.
 */
const known: Readonly<Record<string, number>> = {
  'convolution.relaxed resize/resize': 1,
  'convolution.strict resize/resize': 1,
  'infer.relaxed loss/lossSum': 23,
  'infer.relaxed rng/uniform': 1,
  'infer.strict loss/lossSum': 25,
  'infer.strict rng/uniform': 1,
  'latent.strict latent/logistic-mixture/loadComponents': 26,
  'latent.strict latent/logistic-mixture/logisticMixtureBits': 26,
  'latent.strict latent/sparse/bernoulliKl': 31,
  'recurrent.strict gru/gruGates': 4,
  'residual.strict residual/float-coder/codeResiduals': 2,
  'train.relaxed loss/lossGradient': 28,
  'train.strict loss/lossGradient': 30,
};

/** Kernels that may have no moves. */
const withoutSpills = /^(gemm|conv|optimizer)\//;

const listing = `--- WebAssembly code ---
name: wasm-function[3]
index: 3
kind: wasm function
Instructions (size = 100)
0xfd00     0  55                   push rbp
0xfd01     1  90                   vmovups [rbp-0x10],xmm1
0xfd08     8  90                   vmovups xmm1,[rbp-0x10]
0xfd10    10  90                   vmovups xmm9,[rbp-0x30]
0xfd18    18  90                   vaddps xmm9,xmm9,xmm2
0xfd20    20  90                   vmovups [rbp-0x30],xmm9
0xfd28    28  90                   vmovups [rsi+rax*1],xmm9
0xfd30    30  41807db100           cmpb [r13-0x4f],0x0
0xfd38    38  0f85                 jnz 0xfd60  <+0x60>
0xfd40    40  0f8c                 jl 0xfd10  <+0x10>
0xfd48    48  0f8c                 jl 0xfd08  <+0x8>
0xfd50    50  c3                   retl
0xfd60    60  90                   vmovups [rbp-0x40],xmm1
0xfd68    68  90                   call 0x1000
0xfd70    70  e9                   jmp 0xfd40  <+0x40>
--- End code ---
`;

describe('the listing of V8', () => {
  it('has innermost loops without the loops around them and without the code of interrupts', () => {
    const [compiled] = parseListing(listing);
    assert.equal(compiled!.index, 3);
    const loops = innermostLoops(compiled!).map(({ instructions }) => instructions.filter(isSpill));
    assert.deepEqual(loops, [['vmovups xmm9,[rbp-0x30]', 'vmovups [rbp-0x30],xmm9']]);
  });
});

const fault = listingFault();

describe('moves between vector registers and the stack in the innermost loops', { skip: fault ?? false }, () => {
  const measured = fault ? [] : measureSpills();
  const counts = measured.map((kernel) => ({
    name: kernel.name,
    key: `${kernel.module}.${kernel.flavour} ${kernel.name}`,
    spills: spillsOf(kernel),
  }));

  it('are counted in the loops of products, convolutions and optimizers', () => {
    const names = measured.filter(({ loops }) => loops.length > 0).map(({ name }) => name);
    for (const name of ['gemm/gemm/straightRows', 'conv/convolve/convolvePanel', 'optimizer/adam'])
      assert.ok(names.includes(name), `${name} is not in the listing`);
  });

  it('are 0 in products, convolutions and optimizers', () => {
    const moves = counts.filter(({ name, spills }) => withoutSpills.test(name) && spills > 0);
    assert.deepEqual(
      moves,
      [],
      'look at the loop with `node --print-wasm-code`: docs/maintainers/kernels.md, "The strict tile"',
    );
  });

  it('are as many as the table of this test states elsewhere', () => {
    const others = counts.filter(({ name, spills }) => !withoutSpills.test(name) && spills > 0);
    const actual = Object.fromEntries(others.map(({ key, spills }) => [key, spills]));
    assert.deepEqual(
      actual,
      known,
      'a higher number: keep fewer values alive in the loop; a lower number, or a kernel that is gone: write it into the table `known`',
    );
  });
});
