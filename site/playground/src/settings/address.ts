// The state in the fragment of the address: `#train?kind=conv&latent=8`. A setting with its default value is left out.
import { batch, effect } from '@preact/signals';
import { definitions, type Panel, panels, type SettingName } from './definitions.ts';
import { panel, settings } from './state.ts';

/** A value as a link holds it: numbers without an exponent. */
function format(name: SettingName): string {
  const { value } = settings[name];
  const definition = definitions[name];
  if (definition.type !== 'number') return String(value);
  return String(Number(Number(value).toFixed(definition.digits)));
}

/** The fragment for the present state. */
export function currentFragment(): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(definitions) as SettingName[])
    if (settings[name].value !== definitions[name].initial) query.set(name, format(name));
  const text = query.toString();
  return `#${panel.value}${text && `?${text}`}`;
}

/** The value that the text of a link means; undefined where the setting does not take it. */
function parse(name: SettingName, text: string): string | number | undefined {
  const definition = definitions[name];
  if (definition.type === 'choice') return (definition.values as readonly string[]).find((value) => value === text);
  if (definition.type === 'text') return text.slice(0, definition.maximumLength);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const { minimum, maximum, digits } = definition;
  if (!(value >= minimum && value <= maximum)) return undefined;
  return Number(value.toFixed(digits));
}

/**
 * Sets the state from a fragment. Settings that it does not name get their default. Returns the parts that could not be read, such
 * as `kind=cubist`.
 */
export function readFragment(fragment: string): string[] {
  const [name = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const faults: string[] = [];
  batch(() => {
    if ((panels as readonly string[]).includes(name)) panel.value = name as Panel;
    else if (name) faults.push(name);
    for (const key of Object.keys(definitions) as SettingName[]) {
      const text = parameters.get(key);
      const value = text === null ? definitions[key].initial : parse(key, text);
      if (value === undefined) faults.push(`${key}=${text}`);
      (settings[key] as { value: unknown }).value = value ?? definitions[key].initial;
    }
  });
  for (const key of parameters.keys()) if (!Object.hasOwn(definitions, key)) faults.push(key);
  return faults;
}

/** Keeps the address equal to the state, in both directions. `onFaults` gets the parts of a link that could not be read. */
export function bindAddress(onFaults: (faults: string[]) => void): void {
  const read = (): void => {
    const faults = readFragment(location.hash);
    if (faults.length > 0) onFaults(faults);
  };
  read();
  addEventListener('hashchange', () => {
    if (location.hash !== currentFragment()) read();
  });
  let pending = 0;
  effect(() => {
    const fragment = currentFragment();
    clearTimeout(pending);
    // Browsers limit the number of changes of the address: Safari allows 100 in 30 seconds.
    pending = window.setTimeout(() => {
      if (location.hash !== fragment) history.replaceState(null, '', fragment);
    }, 350);
  });
}
