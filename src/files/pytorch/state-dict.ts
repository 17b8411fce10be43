// The weights of a model from a state_dict of PyTorch, and the way back.

import { wrongType, wrongValue } from '../../core/errors.ts';
import { type Shape, shapeText, sizeOf } from '../../core/shape.ts';
import { floatEngineOf, type Model, type Weights } from '../../model/model.ts';
import { isObject } from '../safetensors.ts';
import { featureOrders } from './feature-orders.ts';
import { type TensorView, tensorViews } from './tensor-views.ts';

/**
 * The PyTorch module of each layer that has weights, such as `{ 'encoder.0': 'conv1' }`. `separableConv2d` and the code of
 * `variational` take two: the depthwise and the pointwise convolution, the means and the logarithms of the variances.
 */
export type ModuleNames = Readonly<Record<string, string | readonly string[]>>;

/** A tensor of a state_dict. */
interface StateTensor {
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** The values in row-major order. */
  readonly data: Float32Array | Float64Array;
}

/** A layer with weights. */
interface WeightedLayer {
  readonly path: string;
  readonly views: readonly TensorView[];
}

/** The layers that have weights in PyTorch. */
function weightedLayers(model: Model): WeightedLayer[] {
  const { nodes } = floatEngineOf(model).network;
  const orders = featureOrders(nodes);
  return nodes.flatMap((node, i) => {
    const views = tensorViews(node, orders[i]!);
    return views.length ? [{ path: node.path, views }] : [];
  });
}

/** Calls `use` with the index of each value of a view in its weight and in its tensor. */
function forEachValue({ start, offsets }: TensorView, use: (index: number, source: number) => void): void {
  const last = offsets.at(-1)!;
  // A list of all indices would take more memory than a large kernel.
  let firsts = [0];
  for (const axis of offsets.slice(0, -1)) firsts = firsts.flatMap((first) => axis.map((offset) => first + offset));
  let index = start;
  for (const first of firsts) for (const offset of last) use(index++, first + offset);
}

/** Number of modules of a layer. */
const moduleCount = ({ views }: WeightedLayer): number => 1 + Math.max(...views.map(({ module }) => module));

/** The modules `encoder.0`, `encoder.2`, … of `nn.Sequential`, in the order in which they run. */
function sequentialModules(tensors: object): string[] {
  const names = Object.keys(tensors).flatMap((name) => /^(\w+(?:\.\d+)+)\.\w+$/.exec(name)?.[1] ?? []);
  /** Equal numbers of digits, so that the order of texts is the order of numbers. */
  const sortable = (name: string): string => name.replace(/\d+/g, (digits) => digits.padStart(9, '0'));
  return ['encoder.', 'decoder.', 'head.'].flatMap((part) =>
    [...new Set(names.filter((name) => name.startsWith(part)))].sort((a, b) => (sortable(a) < sortable(b) ? -1 : 1)),
  );
}

/** The modules of each layer. Errors: TypeError; RangeError for other layers than those of the model. */
function checkModules(layers: readonly WeightedLayer[], modules: ModuleNames): Map<WeightedLayer, string[]> {
  if (!isObject(modules)) throw wrongType('modules', 'an object such as { "encoder.0": "conv1" }', modules);
  const paths = layers.map(({ path }) => path);
  for (const path of [...Object.keys(modules), ...paths])
    if (!paths.includes(path) || !Object.hasOwn(modules, path))
      throw wrongValue('modules', `a module for each of ${paths.join(', ')}`, Object.keys(modules));
  return new Map(
    layers.map((layer) => {
      const names = [modules[layer.path]!].flat();
      const count = moduleCount(layer);
      if (names.length !== count || !names.every((name) => typeof name === 'string'))
        throw wrongType(
          `modules["${layer.path}"]`,
          count > 1 ? 'the names of two modules' : 'the name of a module',
          names,
        );
      return [layer, names];
    }),
  );
}

/** The modules of the layers, in order. Errors: RangeError where the numbers differ. */
function pairModules(layers: readonly WeightedLayer[], tensors: object): Map<WeightedLayer, string[]> {
  const names = sequentialModules(tensors);
  const paths = layers.flatMap((layer) => Array<string>(moduleCount(layer)).fill(layer.path));
  if (names.length !== paths.length) {
    const found = names.join(', ') || `tensors such as ${Object.keys(tensors).slice(0, 3).join(', ')}`;
    throw wrongValue('modules', `the name of a module for each of ${paths.join(', ')}`, names, found);
  }
  return new Map(layers.map((layer) => [layer, names.splice(0, moduleCount(layer))]));
}

/** The values of a tensor. Errors: TypeError, RangeError by the `name` of the tensor. */
function valuesOf(tensors: Readonly<Record<string, StateTensor>>, name: string, shape: Shape): ArrayLike<number> {
  const expected = `a tensor of shape ${shapeText(shape)}`;
  if (!Object.hasOwn(tensors, name)) throw wrongValue(name, expected, undefined, 'none');
  const { shape: found, data } = Object(tensors[name]) as StateTensor;
  if (String(found) !== String(shape)) throw wrongValue(name, expected, found);
  const type = ArrayBuffer.isView(data) ? data[Symbol.toStringTag] : '';
  if (type !== 'Float32Array' && type !== 'Float64Array') throw wrongType(name, 'a Float32Array', data);
  if (data.length !== sizeOf(shape)) throw wrongValue(name, `${sizeOf(shape)} values`, data);
  return data;
}

/** Refuses tensors of a module that its layer does not use, such as a bias or a second layer of a GRU. */
function checkAllUsed(tensors: object, modules: ReadonlyMap<WeightedLayer, string[]>): void {
  const used = new Set(
    [...modules].flatMap(([{ views }, names]) => views.map(({ module, tensor }) => `${names[module]}.${tensor}`)),
  );
  for (const [{ path }, names] of modules)
    for (const name of Object.keys(tensors)) {
      const tensor = names.flatMap((module) =>
        name.startsWith(`${module}.`) ? [name.slice(module.length + 1)] : [],
      )[0];
      // Batch normalization counts its batches.
      if (tensor && /^\w+$/.test(tensor) && tensor !== 'num_batches_tracked' && !used.has(name))
        throw wrongValue('tensors', `only tensors that ${path} has`, name);
    }
}

/**
 * The weights of a model from the tensors of a PyTorch state_dict, for `model.setWeights`. Kernels are transposed (`[outputs,
 * inputs]` to `[inputs, outputs]`, channels first to channels last), the gates of a GRU reordered, and the inputs of a dense layer
 * after a flatten, and the outputs of one before a reshape, put into the order of channels last.
 *
 * `modules` names the module of each layer with weights. Default: the modules of `nn.Sequential` containers called `encoder`,
 * `decoder` and `head`, in order; activations and other modules without weights do not count. Statistics of `normalization` have
 * no module and keep their values.
 *
 * Errors: TypeError for wrong types; RangeError for a missing tensor, one of another shape, one that a module has and its layer
 * has not, and for layers that no weights make equal to PyTorch, such as a GRU without `resetAfter`.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, fromStateDict } from 'isthmus';
 *
 * const model = await autoencoder({ input: [2], encoder: [dense({ units: 2 })], decoder: [] });
 * const tensors = {
 *   'fc.weight': { shape: [2, 2], data: Float32Array.of(3, 4, 0, 1) },
 *   'fc.bias': { shape: [2], data: Float32Array.of(5, 6) },
 * };
 * model.setWeights(fromStateDict(model, tensors, { 'encoder.0': 'fc' }));
 * console.log(model.encode(Float32Array.of(1, 10)));
 * // prints Float32Array(2) [ 48, 16 ]
 * ```
 */
export function fromStateDict(
  model: Model,
  tensors: Readonly<Record<string, StateTensor>>,
  modules?: ModuleNames,
): Weights {
  const layers = weightedLayers(model);
  if (!isObject(tensors)) throw wrongType('tensors', 'an object of tensors', tensors);
  const names = modules === undefined ? pairModules(layers, tensors) : checkModules(layers, modules);
  checkAllUsed(tensors, names);
  const weights = model.weights;
  for (const [{ views }, list] of names)
    for (const view of views) {
      const values = valuesOf(tensors, `${list[view.module]}.${view.tensor}`, view.shape);
      const { data } = weights[view.path]!;
      forEachValue(view, (index, source) => {
        data[index] = values[source]!;
      });
    }
  const paths = layers.flatMap(({ views }) => views.map(({ path }) => path));
  return Object.fromEntries(paths.map((path) => [path, weights[path]!]));
}

/**
 * The weights of a model as the tensors of a PyTorch state_dict, for `writeSafetensors`: the reverse of `fromStateDict`. `modules`
 * names the module of each layer with weights. Default: the path of the layer, such as `encoder.0`; of `separableConv2d` and
 * `variational` the path and `.0`, `.1`. Errors: as `fromStateDict`.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, toStateDict } from 'isthmus';
 *
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const tensors = toStateDict(await autoencoder(spec), { 'encoder.0': 'fc1', 'decoder.0': 'fc2' });
 * for (const [name, { shape }] of Object.entries(tensors)) console.log(name, shape);
 * // prints fc1.weight [ 2, 4 ]
 * // prints fc1.bias [ 2 ]
 * // prints fc2.weight [ 4, 2 ]
 * // prints fc2.bias [ 4 ]
 * ```
 */
export function toStateDict(model: Model, modules?: ModuleNames): Weights {
  const layers = weightedLayers(model);
  const defaults = layers.map((layer) => {
    const { path } = layer;
    return [path, moduleCount(layer) > 1 ? [`${path}.0`, `${path}.1`] : path] as const;
  });
  const { weights } = model;
  const entries = [...checkModules(layers, modules ?? Object.fromEntries(defaults))].flatMap(([{ views }, names]) =>
    views.map((view) => {
      const { data } = weights[view.path]!;
      const values = new Float32Array(sizeOf(view.shape));
      forEachValue(view, (index, source) => {
        values[source] = data[index]!;
      });
      return [`${names[view.module]}.${view.tensor}`, { shape: view.shape, data: values }] as const;
    }),
  );
  return Object.fromEntries(entries);
}
