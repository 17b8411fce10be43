// Where the chunks of a compressed file are in its data.

/** The bytes `from`..`to` of the data; `to` is not part of them. */
export interface DataRange {
  readonly from: number;
  readonly to: number;
}

/** Chunks that follow each other without gaps. */
export class DataRanges {
  #offset: number;

  /** `offset`: of the first chunk. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** The range of the next chunk. */
  next(bytes: number): DataRange {
    const from = this.#offset;
    this.#offset += bytes;
    return { from, to: this.#offset };
  }
}
