import assert from 'node:assert/strict';

/**
 * Asserts that no pattern matches `text`. `example` is a text that each pattern must match: a pattern that a rename has made
 * meaningless fails here instead of passing for ever.
 */
export function assertAbsent(text: string, patterns: readonly RegExp[], example: string, message = ''): void {
  for (const pattern of patterns) {
    assert.match(example, pattern, `the pattern ${pattern} does not match its example`);
    if (pattern.test(text)) assert.fail(`${message} ${pattern} found: …${excerpt(text, pattern)}…`.trim());
  }
}

function excerpt(text: string, pattern: RegExp): string {
  const { index } = pattern.exec(text)!;
  return text.slice(Math.max(0, index - 80), index + 120);
}

/** Asserts that a page or a table shows no value by mistake: no `undefined`, no NaN, no infinity, no object. */
export function assertNoRawValues(text: string): void {
  const example = [String(undefined), Number.NaN, Infinity, {}].join(' ');
  assertAbsent(text, [/undefined/, /\bNaN\b/, /Infinity/, /\[object/], example);
}

/** Asserts that a command printed a message instead of a stack trace. */
export function assertNoStack(text: string): void {
  assertAbsent(text, [/ at .*\.ts:/], new Error('an example').stack!);
}
