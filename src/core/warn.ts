/** Warns a developer of a likely mistake that is no error. Does nothing where there is no console. */
export function warn(message: string): void {
  (globalThis as { console?: Console }).console?.warn(`isthmus: ${message}`);
}
