import type { Activation } from '../../layers/activations.ts';
import { type GraphWriter, layoutOf, namedValue, type Value } from './graph.ts';

/** Attributes of operators whose defaults are not those of the activation. */
const attributesOf = (activation: Activation, channelAxis: number): Record<string, number | Float32Array> => {
  if (activation === 'leakyRelu') return { alpha: Float32Array.of(0.2) };
  return activation === 'softmax' ? { axis: channelAxis } : {};
};

/** Adds the nodes of an activation. Other activations than these three have an operator of their name. */
export function activate(g: GraphWriter, value: Value, activation: Activation = 'linear'): Value {
  const layout = layoutOf(value);
  const x = value[layout];
  let y: string;
  if (activation === 'linear') return value;
  if (activation === 'swish') y = g.add('Mul', [x, g.add('Sigmoid', [x])]);
  else if (activation === 'gelu') {
    // Operator set 17 has no Gelu: x · (erf(x / √2) + 1) · 0.5, in the order of PyTorch's exporter.
    const erf = g.add('Erf', [g.add('Div', [x, g.floats('sqrt2', [Math.SQRT2])])]);
    const twice = g.add('Mul', [x, g.add('Add', [erf, g.floats('one', [1])])]);
    y = g.add('Mul', [twice, g.floats('half', [0.5])]);
  } else {
    const operator = activation[0]!.toUpperCase() + activation.slice(1);
    y = g.add(operator, [x], attributesOf(activation, layout === 'first' ? 1 : -1));
  }
  return namedValue(value.shape, y, layout);
}
