// Factories of layers, and the checks that a value is a layer which is allowed where it is used.

import { wrongType, wrongValue } from '../core/errors.ts';
import { maxOf } from '../core/portable-math.ts';
import type { Check } from '../core/validate.ts';
import type { BottleneckCall, LayerCall } from './layer-call.ts';
import {
  type BottleneckDefinition,
  definitionSymbol,
  type Layer,
  type LayerDefinition,
  type NodeDefinition,
  type SampleTransform,
} from './layer-definition.ts';

export interface LayerFactory<Options extends object> {
  (...args: object extends Options ? [options?: Options] : [options: Options]): Layer & Readonly<Options>;
  /** @internal */
  readonly definition: LayerDefinition<Options> | SampleTransform<Options>;
}

/** A frozen copy of a list and of the lists in it; any other value unchanged. */
const deepFreeze = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze(value.map(deepFreeze)) : value);

/**
 * Maximum nesting of layers within layers, in a spec and in a file: some functions call themselves for each level.
 */
export const MAX_NESTING = 256;

/**
 * Nesting of each layer that is checked and cannot change, nor any layer within it. Without this table a check would check all
 * inner layers again at every level: quadratic in the depth.
 */
const nestingOf = /* @__PURE__ */ new WeakMap<object, number>();

/** The factory of layers with a definition: checks the options. A layer gets a frozen copy of the options that are not undefined. */
export function defineLayer<Options extends object, Call extends LayerCall = LayerCall>(
  definition: LayerDefinition<Options, Call>,
): LayerFactory<Options> {
  const factory = (options = {} as Options): Layer & Readonly<Options> => {
    definition.check(options, definition.type);
    // A model is planned once: options that change later would no longer describe it. So lists are frozen, too.
    const entries = Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, deepFreeze(value)]);
    const layer = {
      type: definition.type,
      ...Object.fromEntries(entries),
      [definitionSymbol]: definition,
    } as unknown as Layer & Options;
    const wrapped = definition.innerLayers?.(layer) ?? [];
    const nesting = maxOf(wrapped, (inner) => 1 + (nestingOf.get(inner) ?? Infinity), 1);
    if (nesting < Infinity) nestingOf.set(layer, nesting);
    return Object.freeze(layer) as Layer & Options;
  };
  return Object.assign(factory, { definition }) as LayerFactory<Options>;
}

/** `defineLayer` with the types of a bottleneck. */
export const defineBottleneck = defineLayer as <Options extends object, Call extends BottleneckCall = BottleneckCall>(
  definition: BottleneckDefinition<Options, Call>,
) => LayerFactory<Options>;

/**
 * The definition of a layer. Errors: TypeError, with the path `name`, for any other value: a layer that went through JSON has
 * lost its definition.
 */
export function definitionOf<Definition = NodeDefinition>(
  layer: unknown,
  name: string,
  expected = 'a layer made by a factory such as dense()',
): Definition {
  const definition = typeof layer === 'object' && layer !== null ? (layer as Layer)[definitionSymbol] : undefined;
  if (!definition) throw wrongType(name, expected, layer);
  return definition as Definition;
}

/** Where layers are allowed besides lists of layers, with the type of their definitions. */
interface Uses {
  corrupts: SampleTransform;
  augments: SampleTransform;
  bottleneck: BottleneckDefinition;
  contractivePenalty: BottleneckDefinition;
}

/** The definition of a layer that is allowed for a use, its options checked. Errors: TypeError; RangeError for other layers. */
export function definitionFor<Use extends keyof Uses>(
  layer: unknown,
  name: string,
  use: Use,
  expected: string,
): Uses[Use] {
  const definition = definitionOf<Uses[Use] & { readonly [use in keyof Uses]?: unknown }>(layer, name, expected);
  if (!definition[use]) throw wrongValue(name, expected, definition.type);
  definition.check(layer as Layer, name);
  return definition;
}

/** Nesting of the list that is being checked: `checkLayers` calls itself for wrapped layers. */
let nesting = 0;

/** Checks a list of layers of a model; returns a frozen copy. */
export const checkLayers: Check<readonly Layer[]> = (name, list) => {
  if (!Array.isArray(list)) throw wrongType(name, 'an array of layers', list);
  if (list.length === 0) throw wrongValue(name, 'at least one layer', list);
  nesting++;
  try {
    list.forEach((layer, i) => {
      const path = `${name}[${i}]`;
      const definition = definitionOf(layer, path);
      if (definition.bottleneck) throw wrongValue(path, 'a layer (a bottleneck goes into "latent")', definition.type);
      if (!definition.backward) throw wrongValue(path, 'a layer (pass noise and augmentation to fit)', definition.type);
      const knownNesting = nestingOf.get(layer);
      const deepest = nesting + (knownNesting ?? 1) - 1;
      if (deepest > MAX_NESTING) throw wrongValue('layers', `at most ${MAX_NESTING} levels of layers`, deepest);
      if (!knownNesting) definition.check(layer, path);
    });
  } finally {
    nesting--;
  }
  return Object.freeze([...list]);
};
