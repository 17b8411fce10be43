import type { Model } from '../../model/model.ts';

/** Names that layers had in the model which `fromLayersModel` was given, by their place in ours. */
export const weightNames = new WeakMap<Model, ReadonlyMap<string, string>>();
