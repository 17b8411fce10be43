// Texts as literals of JavaScript and as words of a shell.

/** A literal of JavaScript with the text, in single quotes. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  // JSON allows these line ends in texts, older JavaScript does not.
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A word of a POSIX shell with the text. */
export function shellQuoted(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text) && !text.startsWith('-')) return text;
  const word = text.startsWith('-') ? `./${text}` : text;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
