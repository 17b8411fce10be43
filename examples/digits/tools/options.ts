// Checks of command-line options that `parseArgs` of Node gives as text.

/** An option as an integer. Errors: other text, or a value outside `low..high`. */
export function integerOption(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
    throw new Error(`"--${name}" expected integer ${low}..${high}, got "${text}"`);
  }
  return value;
}

/** An option as the path of a folder. Errors: an empty text. */
export function folderOption(name: string, text: string): string {
  if (text.trim() === '') throw new Error(`"--${name}" expected the name of a folder, got "${text}"`);
  return text;
}
