// Messages to the user: one region for news, one for faults, both announced by screen readers.
import { signal } from '@preact/signals';

export interface Message {
  readonly kind: 'fault' | 'note';
  readonly text: string;
}

export const message = signal<Message | undefined>(undefined);

export const note = (text: string): void => {
  message.value = { kind: 'note', text };
};

/** A sentence about an error in the words of a person who uses the page. */
export function explain(error: unknown): string {
  const { name = '', message: text = String(error) } = error instanceof Error ? error : {};
  if (name === 'UnsupportedError' && /SIMD/i.test(text))
    return 'This browser lacks WebAssembly SIMD, which the playground needs. Use a current version of Chrome, Edge, Firefox or Safari.';
  if (name === 'QuotaExceededError') return 'The browser has no space left to store the training of this page.';
  if (/out of memory|allocation failed|could not allocate|Array buffer allocation|memory\.grow/i.test(text))
    return 'The browser has not enough memory for this. Choose less data, smaller pictures or a smaller model.';
  return text.replace(/^\w*Error: /, '');
}

export const fail = (error: unknown): void => {
  message.value = { kind: 'fault', text: explain(error) };
};

/** Runs a task. A failure becomes a message. Gives undefined then. */
export async function attempt<T>(task: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    fail(error);
    return undefined;
  }
}
