// The call that was made, as code: what stands on the page is what ran.

import type { AutoencoderSpec } from 'isthmus';
import type { Training } from './recipe.ts';

const WIDTH = 100;

/** What the options are unless told otherwise, which need not be said. */
const defaults: Readonly<Record<string, unknown>> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, alpha: 0 };

/** A name in the code. */
class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value as JavaScript that makes it: `{ type: 'dense', units: 2 }` is `dense({ units: 2 })`. */
function expression(value: unknown, indent: string): string {
  if (value instanceof Name) return value.text;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const { type, ...rest } = value as { type?: string };
  const items = Array.isArray(value)
    ? value.map((item) => expression(item, inner))
    : Object.entries(rest)
        .filter(([key, item]) => item !== undefined && defaults[key] !== item)
        .filter(([key]) => type !== 'adam' || key !== 'weightDecay')
        .map(([key, item]) => (item instanceof Name && item.text === key ? key : `${key}: ${expression(item, inner)}`));
  const [open, close] = Array.isArray(value) ? ['[', ']'] : type ? [`${type}({`, '})'] : ['{', '}'];
  if (items.length === 0) return type ? `${type}()` : `${open}${close}`;
  const space = Array.isArray(value) ? '' : ' ';
  const line = `${open}${space}${items.join(', ')}${space}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= WIDTH) return line;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}${close}`;
}

/** Building and training a model. Samples appear by name: `x`, `targets` and so on. */
export function codeOf(spec: AutoencoderSpec, { seed, ...training }: Training): string {
  const data = ['targets', 'validationData', 'validationTargets'] as const;
  const names = data.filter((name) => training[name] !== undefined).map((name) => [name, new Name(name)]);
  const options = { ...training, ...Object.fromEntries(names) };
  const code = [
    `const spec = ${expression(spec, '')};`,
    `const model = await autoencoder(spec, { seed: ${seed} });`,
    `await fit(model, x, ${expression(options, '')});`,
  ];
  const used = code.join('\n').matchAll(/(\w+)\(/g);
  const imported = Object.fromEntries([...used].sort().map(([, name]) => [name, new Name(name!)]));
  return [`import ${expression(imported, '')} from 'isthmus';`, '', ...code].join('\n');
}
