// A function of docs/from-python.md.

/** A model of Keras 3 in the form of Keras 2, which TensorFlow.js reads. */
// biome-ignore lint/suspicious/noExplicitAny: any JSON
export function toKeras2(value: any): any {
  if (Array.isArray(value)) return value.map(toKeras2);
  if (typeof value !== 'object' || value === null) return value;
  const { class_name, config, args, batch_shape, ...rest } = value;
  if (class_name === '__keras_tensor__') return [...config.keras_history, {}];
  if (class_name === 'DTypePolicy') return config.name;
  if (args) return toKeras2(args.flat());
  for (const key of ['input_layers', 'output_layers']) if (typeof rest[key]?.[0] === 'string') rest[key] = [rest[key]];
  const renamed = { ...(class_name && { class_name }), ...(config && { config }), ...rest };
  if (batch_shape) renamed.batch_input_shape = batch_shape;
  return Object.fromEntries(Object.entries(renamed).map(([key, item]) => [key, toKeras2(item)]));
}

/** The names that weights of a depthwise convolution have in Keras 2. `topology`: of Keras 3. */
// biome-ignore lint/suspicious/noExplicitAny: any JSON
export function keras2Weights(topology: any, weights: { name: string }[]): { name: string }[] {
  const { layers } = topology.model_config.config;
  const depthwise = layers.filter((layer: { class_name: string }) => layer.class_name === 'DepthwiseConv2D');
  const kernels = depthwise.map((layer: { config: { name: string } }) => `${layer.config.name}/kernel`);
  return weights.map((weight) => {
    const name = kernels.includes(weight.name) ? weight.name.replace(/kernel$/, 'depthwise_kernel') : weight.name;
    return { ...weight, name };
  });
}
