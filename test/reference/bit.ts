// The twin of assembly/residual/{range-coder,mixer}.ts, written from docs/format-bounded.md: bits with probabilities mixed from seven counters.

/** Probability of a 1 in units of 1 / 65536, by 2048 + 256 · ln of its odds; and back. */
export const squash: Uint16Array = new Uint16Array(4096);
export const stretch: Int16Array = new Int16Array(4096).fill(2047);
let odds = 0.00033546262790251185;
for (let i = 0; i < 4096; i++) {
  squash[i] = Math.min(65520, Math.max(16, Math.trunc((65536 * odds) / (1 + odds))));
  odds *= 1.0039138893383475;
}
for (let p = 0; p < 4096; p++) {
  for (let i = 1; i < 4096; i++) {
    if (squash[i]! >> 4 < p) continue;
    stretch[p] = i - 2048;
    break;
  }
}

export interface Counter {
  /** Probability of a 1 in units of 1 / 2^22. */
  p: number;
  /** Number of bits, at most 255. */
  seen: number;
}

/** Encodes to `bytes`, or decodes from the bytes given. */
export class BitCoder {
  readonly bytes: number[];
  readonly decoding: boolean;
  /** Bytes read from `bytes`. Bytes behind its end are 0 and count too. */
  at = 0;
  #low = 0;
  #high = 0xffffffff;
  #word = 0;
  readonly #counters: Map<number, Counter>[];
  readonly #weights: Map<number, number[]>[];
  /** For the next bit: number of the counter of node 0 of each input; number of 32 sets of weights in each mixer. */
  contexts: number[] = [];
  chosen: number[] = [0, 0];

  /** `prior`: a coder whose counters and weights this one continues with. */
  constructor(bytes?: Uint8Array, prior?: BitCoder) {
    this.decoding = bytes !== undefined;
    this.bytes = [...(bytes ?? [])];
    this.#counters = prior ? prior.#counters : Array.from({ length: 7 }, () => new Map());
    this.#weights = prior ? prior.#weights : [new Map(), new Map()];
    if (this.decoding) for (let i = 0; i < 4; i++) this.#word = this.#word * 256 + this.#next();
  }

  #next(): number {
    return this.bytes[this.at++] ?? 0;
  }

  #narrow(p: number, bit: number): number {
    const middle = this.#low + Math.floor(((this.#high - this.#low) * p) / 65536);
    const taken = this.decoding ? Number(this.#word <= middle) : bit;
    if (taken) this.#high = middle;
    else this.#low = middle + 1;
    while (Math.floor(this.#low / 2 ** 24) === Math.floor(this.#high / 2 ** 24)) {
      if (this.decoding) this.#word = (this.#word % 2 ** 24) * 256 + this.#next();
      else this.bytes.push(Math.floor(this.#high / 2 ** 24));
      this.#low = (this.#low % 2 ** 24) * 256;
      this.#high = (this.#high % 2 ** 24) * 256 + 255;
    }
    return taken;
  }

  flat(bit: number): number {
    return this.#narrow(32768, bit);
  }

  bit(node: number, bit: number): number {
    const counters = this.#counters.map((table, k) => {
      const at = this.contexts[k]! + node;
      if (!table.has(at)) table.set(at, { p: 2 ** 21, seen: 0 });
      return table.get(at)!;
    });
    const inputs = [...counters.map(({ p }) => stretch[p >> 10]!), 256];
    const mixers = this.#weights.map((table, j) => {
      const at = this.chosen[j]! * 32 + node;
      if (!table.has(at)) table.set(at, [4915, 4915, 4915, 4915, 4915, 4915, 4915, 0]);
      const weights = table.get(at)!;
      const sum = weights.reduce((total, w, i) => total + w * inputs[i]!, 0);
      return { weights, d: Math.min(2047, Math.max(-2047, sum >> 14)) };
    });
    const p = squash[((mixers[0]!.d + mixers[1]!.d) >> 1) + 2048]!;
    const taken = this.#narrow(p, bit);
    for (const { weights, d } of mixers) {
      const error = taken * 65536 - squash[d + 2048]!;
      inputs.forEach((input, i) => {
        weights[i] = Math.min(65535, Math.max(-65535, weights[i]! + ((input * error + 32768) >> 16)));
      });
    }
    for (const counter of counters) {
      const goal = taken ? 4194303 : 0;
      const rate = Math.trunc(655360 / (10 * counter.seen + 16));
      counter.p += Math.floor(((goal - counter.p) * rate) / 65536);
      counter.seen = Math.min(255, counter.seen + 1);
    }
    return taken;
  }

  /** All bytes. The last ones are the shortest number in the interval, if followed by zeros. */
  finish(): Uint8Array {
    if (this.#low > 0) {
      let word = this.#low;
      for (const unit of [2 ** 24, 2 ** 16, 2 ** 8]) {
        const up = Math.ceil(this.#low / unit) * unit;
        if (up > this.#high) continue;
        word = up;
        break;
      }
      for (; word > 0; word = (word % 2 ** 24) * 256) this.bytes.push(Math.floor(word / 2 ** 24));
    }
    return Uint8Array.from(this.bytes);
  }
}
