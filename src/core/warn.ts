/** Tells developers what is likely a mistake and no error, where there is a console. */
export function warn(message: string): void {
  (globalThis as { console?: Console }).console?.warn(`isthmus: ${message}`);
}
