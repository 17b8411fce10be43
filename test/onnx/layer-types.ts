import * as registry from '../../src/layers/registry.ts';

interface Factory {
  readonly definition: { readonly type: string; readonly backward?: unknown };
}

/** The names of all layers of the registry: those of a model, without noise and augmentations that only `fit` takes. */
export const layerTypes = (): string[] =>
  Object.values(registry as unknown as Record<string, Factory>)
    .filter(({ definition }) => definition.backward)
    .map(({ definition }) => definition.type);
