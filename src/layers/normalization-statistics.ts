// The statistics that normalization layers learn before training: mean and standard deviation of each channel.

import { wrongType, wrongValue } from '../core/errors.ts';
import { lastAxis } from '../core/shape.ts';
import type { Engine } from '../engine/engine.ts';
import { planPass } from '../engine/executor.ts';
import type { AdaptData, AdaptedEngine } from '../engine/layer-definition.ts';

/** The smallest normal float32. Smaller deviations count as 0: the channel is constant. */
const MIN_DEVIATION = 2 ** -126;

/** Whether means and deviations have their initial values. */
const isFresh = ([means, deviations]: readonly Float32Array[]): boolean =>
  means!.every((mean) => mean === 0) && deviations!.every((deviation) => deviation === 1);

/**
 * Running means and sums of squared deviations of each channel in float64 (Welford, 1962): exact to float32 even for a mean of
 * 1e6 and a deviation of 1.
 */
const channelMoments = (channels: number) => {
  const means = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  const add = (values: Float32Array): void => {
    const { length } = values;
    for (let i = 0; i < length; ) {
      const share = 1 / ++count;
      for (let c = 0; c < channels; c++) {
        const value = values[i++]!;
        const difference = value - means[c]!;
        means[c]! += difference * share;
        squares[c]! += difference * (value - means[c]!);
      }
    }
  };
  const results = (): Float32Array[] => {
    const deviations = Float32Array.from(squares, (square) => Math.sqrt(square / count));
    const lists = [Float32Array.from(means), deviations.map((value) => (value < MIN_DEVIATION ? 0 : value))];
    // Normalized data would leave the initial values. The next smaller float32 marks the layer as adapted.
    if (isFresh(lists)) lists[1]![0] = 1 - 2 ** -24;
    return lists;
  };
  return { add, results };
};

/**
 * @internal Adapts the normalization layers of a network that have initial statistics. Layers with `invert` take the statistics
 * of the targets, in the same pass over the data as the first of the other layers. Each further layer needs another pass, because
 * its input is the output of the layers before. Layers that an abort or an error interrupts keep their statistics.
 *
 * Errors: TypeError for a stream that can be read only once; RangeError for a layer with `invert` whose channels are not
 * those of the output.
 */
export async function adapt(
  engine: AdaptedEngine,
  { source, targets, signal, pause, readapt }: AdaptData,
): Promise<void> {
  const { memory, network } = engine;
  const { nodes, outputShape } = network;
  let straight = 0;
  const pending = nodes.flatMap(({ definition, layer, weights, inputSize, path }, at) => {
    if (!definition.adapt) return [];
    const addresses = weights.map(({ offset }) => memory.parameters + offset);
    const channels = weights[0]!.size;
    if (!(readapt ?? isFresh(addresses.map((address) => memory.read(address, channels))))) return [];
    if (source.singleUse)
      throw wrongType('x', 'a function that opens the stream, for normalization()', source.singleUse);
    const inverts = definition.inverse!(layer);
    if (
      inverts &&
      channels !== lastAxis(outputShape) &&
      nodes.slice(at + 1).some((node) => !node.definition.identity)
    ) {
      throw wrongValue(path, `${lastAxis(outputShape)} channels, as the output has`, channels);
    }
    return { at, inverts, inputSize, addresses, round: inverts ? 0 : straight++, moments: channelMoments(channels) };
  });
  for (let number = 0; number < pending.length; number++) {
    const round = pending.filter((task) => task.round === number);
    if (!round[0]) return;
    for await (const chunk of source.chunks(signal)) {
      for (const { at, inverts, inputSize, moments } of round) {
        const data = (inverts && targets) || chunk;
        const size = inverts ? data.size : inputSize;
        const { rows, run } = planPass(engine as Engine, { start: 0, end: inverts ? 0 : at }, data);
        for (let i = 0; i < data.count; i += rows) {
          const { output, rows: n } = run(i);
          moments.add(memory.view(output, n * size));
          await pause();
        }
      }
    }
    for (const { addresses, moments } of round) {
      for (const [i, list] of moments.results().entries()) memory.write(addresses[i]!, list);
    }
  }
}
