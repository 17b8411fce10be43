import { inferRelaxed, inferStrict, trainRelaxed, trainStrict } from '#wasm';
import { definitionOf } from '../engine/define-layer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Layer } from '../engine/layer-definition.ts';
import type { Source } from '../wasm/modules.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';

/** The modules of inference and training, and of all layers that a training step runs: strict where it is deterministic. */
export function trainingSources(engine: Engine, layers: readonly Layer[], deterministic: boolean): Source[] {
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
  return [...new Set(modules.map((module) => (relaxed ? module.relaxed : module.strict)))];
}
