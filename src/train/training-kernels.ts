import { inferRelaxed, inferStrict, trainRelaxed, trainStrict } from '#wasm';
import { definitionOf } from '../engine/define-layer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Layer } from '../engine/layer-definition.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';

/** The kernels of inference and training, and of all layers that a training step runs: strict where it is deterministic. */
export function trainingKernels(engine: Engine, layers: readonly Layer[], deterministic: boolean): Promise<Kernels> {
  const relaxed = !deterministic && hasRelaxedSimd();
  const definitions = [
    ...engine.network.nodes.map(({ definition }) => definition),
    ...layers.map((layer) => definitionOf(layer, 'corruption')),
  ];
  const modules = [
    { strict: inferStrict, relaxed: inferRelaxed },
    { strict: trainStrict, relaxed: trainRelaxed },
    ...definitions.flatMap(({ module }) => module ?? []),
  ];
  return engine.instantiate(modules.map((module) => (relaxed ? module.relaxed : module.strict)));
}
