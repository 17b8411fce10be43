// Prints the calls of a recipe as code, from the very objects that the calls receive, so that the page shows what ran.

import type { AutoencoderSpec } from 'isthmus';
import type { Training } from './recipe.ts';

const LINE_WIDTH = 100;

/** Default values of options, which the code leaves out. */
const defaults: Readonly<Record<string, unknown>> = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  alpha: 0,
};

/** An identifier in the code. */
class Identifier {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The JavaScript expression of a value: that of `{ type: 'dense', units: 2 }` is `dense({ units: 2 })`. */
function expression(value: unknown, indent: string): string {
  if (value instanceof Identifier) return value.text;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const { type, ...rest } = value as { type?: string };
  const items = Array.isArray(value)
    ? value.map((item) => expression(item, inner))
    : Object.entries(rest)
        .filter(([key, item]) => item !== undefined && defaults[key] !== item)
        .map(([key, item]) =>
          item instanceof Identifier && item.text === key ? key : `${key}: ${expression(item, inner)}`,
        );
  let [open, close] = ['{', '}'];
  if (Array.isArray(value)) [open, close] = ['[', ']'];
  else if (type) [open, close] = [`${type}({`, '})'];
  if (items.length === 0) return type ? `${type}()` : `${open}${close}`;
  const space = Array.isArray(value) ? '' : ' ';
  const line = `${open}${space}${items.join(', ')}${space}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= LINE_WIDTH) return line;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}${close}`;
}

/** The code that builds and trains a model. Samples appear as identifiers: `x`, `targets` and so on. */
export function codeOf(spec: AutoencoderSpec, { seed, ...training }: Training): string {
  const data = ['targets', 'validationData', 'validationTargets'] as const;
  const names = data.filter((name) => training[name] !== undefined).map((name) => [name, new Identifier(name)]);
  const options = { ...training, ...Object.fromEntries(names) };
  const code = [
    `const spec = ${expression(spec, '')};`,
    `const model = await autoencoder(spec, { seed: ${seed} });`,
    `await fit(model, x, ${expression(options, '')});`,
  ];
  const used = code.join('\n').matchAll(/(\w+)\(/g);
  const imported = Object.fromEntries([...used].sort().map(([, name]) => [name, new Identifier(name!)]));
  return [`import ${expression(imported, '')} from 'isthmus';`, '', ...code].join('\n');
}
