// The part of jsfive, which has no types, that the tests use.
declare module 'jsfive' {
  export class Group {
    readonly keys: string[];
    get(path: string): Dataset;
  }
  export class File extends Group {
    constructor(buffer: ArrayBuffer);
  }
  export class Dataset extends Group {
    readonly name: string;
    readonly shape: number[];
    readonly value: number[];
  }
}
