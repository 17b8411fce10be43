// The types of isthmus as the page sees them: functions and methods return promises.

import type { Codec } from '../codec/codec.ts';
import type { ValuesOf } from '../codec/create.ts';
import type { CodecReader } from '../codec/reader.ts';
import type { Samples } from '../core/types.ts';
import type { Detector } from '../detect/detector.ts';
import type { ModelSource } from '../files/read-source.ts';
import type * as isthmus from '../index.ts';
import type { Model } from '../model/model.ts';
import type * as factories from './factories.gen.ts';
import type { NamedSpec } from './named-factory.ts';

// biome-ignore lint/suspicious/noExplicitAny: a codec of any type of values
type Instance = Model | Codec<any> | CodecReader<any> | Detector;

/** The proxy of an object that lives in a worker of `spawn`: methods return promises, constant properties are read at once. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Received<Awaited<R>>>
    : K extends 'weights' | 'history'
      ? Promise<T[K]>
      : Received<T[K]>;
};

/** A result of the worker of `spawn` as the page receives it. */
export type Received<T> = T extends Instance
  ? Remote<T>
  : T extends {
        /** The model of a checkpoint. */
        readonly model: Model;
        /** The history of a checkpoint. */
        readonly history: infer H;
      }
    ? {
        /** The model of a checkpoint, which lives in the worker. */
        readonly model: RemoteModel;
        /** The history of a checkpoint, for `resume`. */
        readonly history: H;
      }
    : T;

/** The arguments that a function takes from the page. */
type Sent<A extends readonly unknown[]> = {
  [I in keyof A]: A[I] extends Model ? RemoteModel : A[I] extends isthmus.AutoencoderSpec ? A[I] | NamedSpec : A[I];
};

/** A model in a worker of `spawn`. */
export type RemoteModel = Remote<Model>;
/** A codec in a worker of `spawn`. */
export type RemoteCodec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> = Remote<Codec<Values>>;
/** A detector in a worker of `spawn`. */
export type RemoteDetector = Remote<Detector>;

type Package = typeof isthmus;
type Calls = {
  readonly [K in keyof Package as K extends keyof typeof factories
    ? never
    : Package[K] extends (...args: never[]) => unknown
      ? K
      : never]: Package[K] extends (...args: infer A) => infer R
    ? (...args: Sent<A>) => Promise<Received<Awaited<R>>>
    : never;
};

/** Functions whose result type depends on their arguments. */
interface Generic {
  createCodec<X extends Samples, Options extends isthmus.CodecOptions>(
    model: RemoteModel,
    calibrationSamples: X,
    options?: Options,
  ): Promise<RemoteCodec<ValuesOf<X, Options>>>;
  loadCodec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
    source: ModelSource,
    options?: isthmus.LoadOptions,
  ): Promise<RemoteCodec<Values>>;
  denoiseImage<T extends isthmus.ImageLike>(
    model: RemoteModel,
    imageData: T,
    options?: isthmus.DenoiseImageOptions,
  ): Promise<T>;
}

/** The result of `spawn`: the functions of isthmus, executed in a worker. */
export type IsthmusWorker = Omit<Calls, keyof Generic> &
  Readonly<Generic> & {
    /** Ends the worker and frees its memory. Pending and later calls reject with an `AbortError`. */
    terminate(): void;
  };

/** The methods of a `Worker` of a browser or of Node that `spawn` needs. */
export interface WorkerLike {
  /** Sends a message, and hands over the objects in `transfer`. */
  // biome-ignore lint/suspicious/noExplicitAny: each runtime has its own type of transferable objects
  postMessage(message: any, transfer: any[]): void;
  /** Ends the worker at once. */
  terminate(): unknown;
}
