import type { Model } from '../../model/model.ts';

/** Of models of `fromLayersModel`: the names of the layers in the tf.LayersModel, by the path of the layer here. */
export const layerNames = new WeakMap<Model, ReadonlyMap<string, string>>();
