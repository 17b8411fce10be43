// The twin of assembly/codec/rans.ts: range asymmetric numeral systems (rANS), with numbers, which are exact to 2^53. A table is the
// list of the frequencies of a channel, with the sum 2^14. Symbols are a list for each channel.

const TOTAL = 2 ** 14;
const LOW = 2 ** 16;

const startOf = (frequencies: readonly number[], symbol: number): number =>
  frequencies.slice(0, symbol).reduce((sum, f) => sum + f, 0);

/** The four states after all symbols, and the words in the order in which a decoder reads them. */
export function encode(symbols: readonly number[][], tables: readonly (readonly number[])[]) {
  const states = [LOW, LOW, LOW, LOW];
  const words: number[] = [];
  for (let c = symbols.length - 1; c >= 0; c--)
    for (let i = symbols[c]!.length - 1; i >= 0; i--) {
      const f = tables[c]![symbols[c]![i]!]!;
      let x = states[i % 4]!;
      if (x >= (2 ** 32 / TOTAL) * f) {
        words.unshift(x % LOW);
        x = Math.floor(x / LOW);
      }
      states[i % 4] = Math.floor(x / f) * TOTAL + (x % f) + startOf(tables[c]!, symbols[c]![i]!);
    }
  return { states, words };
}

/** `n` symbols of each channel. `states`: those that the encoder began with. `rest`: number of words that were not read. */
export function decode(
  given: { states: readonly number[]; words: readonly number[] },
  tables: readonly (readonly number[])[],
  n: number,
) {
  const states = [...given.states];
  let next = 0;
  const symbols = tables.map((frequencies) =>
    Array.from({ length: n }, (_, i) => {
      const x = states[i % 4]!;
      let symbol = 0;
      let start = 0;
      while (start + frequencies[symbol]! <= x % TOTAL) start += frequencies[symbol++]!;
      let y = frequencies[symbol]! * Math.floor(x / TOTAL) + (x % TOTAL) - start;
      if (y < LOW) y = y * LOW + (given.words[next++] ?? 0);
      states[i % 4] = y;
      return symbol;
    }),
  );
  return { symbols, states, rest: given.words.length - next };
}
