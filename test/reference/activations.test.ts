import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Activation, activationCodes } from '../../src/layers/activations.ts';
import { backward, erf, erfc, forward } from './activations.ts';
import { allClose, close, differences, wave } from './check.ts';

const kinds = Object.keys(activationCodes) as Activation[];

// Computed with 40 digits. The arguments are on both sides of each change of method.
const errors = [
  [0.001, 0.0011283787909692365, 0.9988716212090307],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [1, 0.8427007929497149, 0.15729920705028513],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2, 0.9953222650189527, 0.004677734981047266],
  [2.48, 0.9995472358136659, 0.00045276418633408106],
  [4, 0.9999999845827421, 1.541725790028002e-8],
] as const;

// Computed with 40 digits at these arguments.
const at = [-40, -2.5, -0.5, 0.75, 40];
const known: Record<Exclude<Activation, 'softmax'>, number[]> = {
  linear: [-40, -2.5, -0.5, 0.75, 40],
  relu: [0, 0, 0, 0.75, 40],
  leakyRelu: [-8, -0.5, -0.1, 0.75, 40],
  elu: [-1, -0.9179150013761012, -0.3934693402873666, 0.75, 40],
  selu: [-1.7580993408473768, -1.6137857588732425, -0.6917581878028713, 0.7880257405166103, 42.02803949421922],
  sigmoid: [4.248354255291589e-18, 0.07585818002124355, 0.37754066879814546, 0.679178699175393, 1],
  tanh: [-1, -0.9866142981514303, -0.46211715726000974, 0.6351489523872873, 1],
  softplus: [4.248354255291589e-18, 0.07888973429254963, 0.4740769841801067, 1.1368710061148999, 40],
  swish: [-1.6993417021166355e-16, -0.18964545005310887, -0.18877033439907273, 0.5093840243815447, 40],
  gelu: [0, -0.015524163314440337, -0.15426876936299344, 0.5800294857173488, 40],
};

describe('activations in float64', () => {
  it('erf and erfc have their known values, to the last digit or two', () => {
    for (const [x, value, rest] of errors) {
      close(erf(x), value, 1e-15, 0, `erf ${x}`);
      assert.equal(erf(-x), -erf(x));
      close(erfc(x), rest, 2e-15 * Math.max(1, x * x), 0, `erfc ${x}`);
      close(erfc(-x), 1 + value, 1e-15, 0, `erfc ${-x}`);
    }
    assert.equal(erf(0), 0);
  });

  for (const [kind, values] of Object.entries(known)) {
    it(`${kind} has its known values, small ones to all digits too`, () => {
      allClose(forward(kind as Activation, at, 1, at.length), values, 4e-15, 0, kind);
    });
  }

  it('softmax is computed for each row separately, and does not overflow', () => {
    const expected = [0.03911257327068745, 0.1752903921400367, 0.7855970345892759];
    allClose(forward('softmax', [-1, 0.5, 2, 999, 1000.5, 1002], 2, 3), [...expected, ...expected], 4e-15, 0, 'rows');
  });

  it('softplus neither overflows nor underflows early', () => {
    allClose(forward('softplus', [1000, -700, -1000], 1, 3), [1000, Math.exp(-700), 0], 1e-15, 0, 'softplus');
  });

  for (const kind of kinds) {
    it(`the gradient of ${kind} is the central difference, from -6 to 6`, () => {
      const [rows, n] = [7, 9];
      const z = wave(rows * n, 1, 6);
      const dy = wave(rows * n, 3);
      const value = (): number => forward(kind, z, rows, n).reduce((sum, y, i) => sum + y * dy[i]!, 0);
      allClose(backward(kind, dy, z, rows, n), differences(value, z), 1e-6, 3e-8, kind);
    });
  }

  it('at the kink the gradient is that of the left side', () => {
    const left = { relu: 0, leakyRelu: 0.2, elu: 1, selu: 1.7580993408473768 };
    for (const [kind, slope] of Object.entries(left))
      close(backward(kind as Activation, [3], [0], 1, 1)[0]!, 3 * slope, 1e-15, 0, kind);
  });
});
