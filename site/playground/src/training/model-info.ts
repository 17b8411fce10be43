// The description of a model for the page.
import type { Model } from 'isthmus';
import type { Form, ModelSettings } from './model.ts';
import type { ModelInfo } from './protocol.ts';

/** The form of samples by their shape: pictures have three axes, windows of a sound two. */
export function formOf(shape: readonly number[]): Form {
  const channels = shape[2];
  if (channels === 1 || channels === 3) return 'picture';
  return shape.length === 2 ? 'wave' : 'row';
}

/** The description of a model. `settings`: undefined for a model from a file. */
export function modelInfo(model: Model, settings: ModelSettings | undefined, form: Form): ModelInfo {
  const codeSize = model.latentShape.reduce((product, length) => product * length, 1);
  return {
    form,
    shape: [...model.inputShape],
    kind: settings?.kind,
    codeSize,
    isVariational: model.spec.latent?.type === 'variational',
    parameters: model.parameterCount,
    summary: model.summary(),
    canWalk: codeSize === 2,
  };
}
