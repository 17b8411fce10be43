// One function of the C file: a pass through some nodes of the network, for one sample.

import { wrongValue } from '../core/errors.ts';
import { shapeText } from '../core/shape.ts';
import type { NodeRange } from '../engine/executor.ts';
import type { Network } from '../engine/graph.ts';
import { type Op, schedule } from '../engine/schedule.ts';
import { layerTranslations } from './layers.ts';
import { type Location, planMemory } from './memory-plan.ts';
import type { Writer } from './writer.ts';

/** A function of the C file. */
export interface CFunction {
  /** `encode`, `decode`, `reconstruct` or `predict`. */
  readonly name: string;
  readonly range: NodeRange;
  /** Names of the parameters. Their sizes are the macros `NAME_INPUT_SIZE`, for example. */
  readonly input: string;
  readonly output: string;
}

/** The statements of a function, and the size of its workspace in values. */
export interface FunctionBody {
  readonly statements: readonly string[];
  readonly workspace: number;
}

/** The translation of the layer of an op. Errors: RangeError for a layer without one. */
function translationOf({ node }: Op) {
  const translation = layerTranslations[node.layer.type];
  if (!translation)
    throw wrongValue('model', `layers among ${Object.keys(layerTranslations).join(', ')}`, node.layer.type);
  return { ...translation, options: node.layer as never };
}

const copyStatement = (to: string, from: string, size: number): string =>
  `memcpy(${to}, ${from}, ${size} * sizeof(float));`;

/** Writes the body of a function, and the constants and routines that it needs. */
export function writeFunction(writer: Writer, network: Network, { range, input, output }: CFunction): FunctionBody {
  const { ops, last } = schedule(network.nodes, range.start, range.end, false);
  const size = network.nodes[range.end - 1]!.outputSize;
  if (last < 0) return { statements: [copyStatement(output, input, size)], workspace: 0 };
  const translations = ops.map(translationOf);
  const plan = planMemory(
    ops,
    ops.map(({ node }, i) => {
      const { inPlace = false, workspace, options } = translations[i]!;
      return { inPlace, workspace: workspace?.(node, options) ?? 0 };
    }),
  );
  const textOf = (location: Location): string => {
    if (typeof location === 'number') return `workspace + ${location}`;
    return location === 'input' ? input : output;
  };
  const outputOf = (op: number): string => (op < 0 ? input : textOf(plan.outputs[op]!));
  const statements = ops.flatMap((op, i) => {
    const { node } = op;
    const { inPlace, statements: write, options } = translations[i]!;
    const y = outputOf(i);
    const sources = [outputOf(op.input), outputOf(op.skipInput ?? -1)];
    // A sum works in the buffer of either summand.
    const [x, skipInput] = inPlace && y === sources[1] ? [...sources].reverse() : sources;
    const call = { node, writer, y, x: x!, skipInput: skipInput!, workspace: textOf(plan.workspaces[i]!) };
    return [
      `/* ${node.path}, ${node.layer.type}: ${shapeText(node.inputShape)} to ${shapeText(node.outputShape)} */`,
      ...(inPlace && x !== y ? [copyStatement(y, x!, node.outputSize)] : []),
      ...write(call, options).map((statement) => writer.resolve(statement)),
    ];
  });
  return { statements, workspace: plan.size };
}
