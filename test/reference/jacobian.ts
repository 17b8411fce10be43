// Twins of assembly/latent/jacobian.ts, and the squared norm of the Jacobian of a chain of dense layers, in float64.

export interface JacobianFactors {
  /** [n][samples][codes], or [n][codes] if `shared`. */
  readonly x: ArrayLike<number>;
  readonly shared: boolean;
  /** [samples][codes] */
  readonly codeFactors: ArrayLike<number>;
  /** [samples][n] */
  readonly unitFactors: ArrayLike<number>;
  readonly samples: number;
  readonly codes: number;
  readonly n: number;
}

/** Calls `visit` with the indices of each value of [n][samples][codes] and of its factors. */
function forEachValue(
  { shared, samples, codes, n }: JacobianFactors,
  visit: (y: number, x: number, code: number, unit: number) => void,
): void {
  for (let i = 0; i < n; i++)
    for (let s = 0; s < samples; s++)
      for (let e = 0; e < codes; e++) {
        const y = (i * samples + s) * codes + e;
        visit(y, shared ? i * codes + e : y, s * codes + e, s * n + i);
      }
}

export function scaleJacobian(factors: JacobianFactors): Float64Array {
  const y = new Float64Array(factors.n * factors.samples * factors.codes);
  forEachValue(factors, (at, x, code, unit) => {
    y[at] = factors.x[x]! * factors.codeFactors[code]! * factors.unitFactors[unit]!;
  });
  return y;
}

export function scaleJacobianBackward(factors: JacobianFactors, dy: ArrayLike<number>) {
  const gradients = {
    x: new Float64Array(factors.x.length),
    codeFactors: new Float64Array(factors.codeFactors.length),
    unitFactors: new Float64Array(factors.unitFactors.length),
    total: 0,
  };
  forEachValue(factors, (at, x, code, unit) => {
    const [value, byCode, byUnit] = [factors.x[x]!, factors.codeFactors[code]!, factors.unitFactors[unit]!];
    gradients.x[x]! += dy[at]! * byCode * byUnit;
    gradients.codeFactors[code]! += dy[at]! * value * byUnit;
    gradients.unitFactors[unit]! += dy[at]! * value * byCode;
    gradients.total += dy[at]! * value * byCode * byUnit;
  });
  return gradients;
}

export interface TwinLayer {
  /** [inputs][units] */
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
  readonly units: number;
  readonly activation: (z: number) => number;
  readonly slope: (z: number) => number;
}

/** ‖∂code/∂x‖² of one sample, from the rows of the Jacobian, each by the chain rule. */
export function squaredNorm(layers: readonly TwinLayer[], x: ArrayLike<number>): number {
  let y = Float64Array.from(x);
  /** [inputs][units]: the Jacobian of the layers so far, transposed. */
  let jacobian: Float64Array | undefined;
  for (const { kernel, bias, units, activation, slope } of layers) {
    const z = bias.map((b, j) => y.reduce((sum, value, i) => sum + value * kernel[i * units + j]!, b));
    const width = y.length;
    const next = new Float64Array(x.length * units);
    for (let row = 0; row < x.length; row++)
      for (let i = 0; i < width; i++) {
        const factor = jacobian ? jacobian[row * width + i]! : Number(row === i);
        if (factor !== 0) for (let j = 0; j < units; j++) next[row * units + j]! += factor * kernel[i * units + j]!;
      }
    const slopes = z.map(slope);
    jacobian = next.map((value, at) => value * slopes[at % units]!);
    y = z.map(activation);
  }
  return jacobian!.reduce((sum, value) => sum + value * value, 0);
}
