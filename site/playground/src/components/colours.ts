// Colours of the style sheet for canvases, and the scheme that the user prefers.
import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Changes when the user changes between light and dark. */
export const isDark = signal(dark.matches);
dark.addEventListener('change', () => {
  isDark.value = dark.matches;
});

/** Colours that were read, of the scheme `scheme`: reading one of the style sheet may compute the styles of the page. */
const known = new Map<string, string>();
let scheme: boolean | undefined;

/** The value of a custom property of the style sheet. Reading it makes the caller depend on the scheme. */
export function colour(name: string): string {
  if (scheme !== isDark.value) known.clear();
  scheme = isDark.value;
  const found = known.get(name) ?? getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  known.set(name, found);
  return found;
}

/** Ten colours of classes with equal lightness, and one for the digits of the user. */
export const classColours = [
  '#4e79a7',
  '#f28e2b',
  '#59a14f',
  '#e15759',
  '#b07aa1',
  '#9c755f',
  '#76b7b2',
  '#d4a72c',
  '#8c8c8c',
  '#d37295',
];
