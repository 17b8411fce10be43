// The types of a page's side: those of the package, promised.

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

// biome-ignore lint/suspicious/noExplicitAny: whatever values a codec has
type Instance = Model | Codec<any> | CodecReader<any> | Detector;

/** An object that lives in a worker: its methods promise what they return, its other properties are there. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Received<Awaited<R>>>
    : K extends 'weights' | 'history'
      ? Promise<T[K]>
      : Received<T[K]>;
};

/** What a worker's answer is on the page's side. */
export type Received<T> = T extends Instance
  ? Remote<T>
  : T extends { readonly model: Model; readonly history: infer H }
    ? { readonly model: RemoteModel; readonly history: H }
    : T;

type Sent<A extends readonly unknown[]> = {
  [I in keyof A]: A[I] extends Model ? RemoteModel : A[I] extends isthmus.AutoencoderSpec ? A[I] | NamedSpec : A[I];
};

/** A model in a worker. */
export type RemoteModel = Remote<Model>;
/** A codec in a worker. */
export type RemoteCodec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>> = Remote<Codec<Values>>;
/** A detector in a worker. */
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

/** Those whose answer depends on what they are given. */
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

/** The calls of isthmus, off the main thread. */
export type IsthmusWorker = Omit<Calls, keyof Generic> &
  Readonly<Generic> & {
    /** Ends the worker and frees all it held. Calls under way reject with an `AbortError`, later ones too. */
    terminate(): void;
  };

/** What is needed of a `Worker`, of a browser's or of Node's. */
export interface WorkerLike {
  // biome-ignore lint/suspicious/noExplicitAny: each runtime has a list of its own of what may be transferred
  postMessage(message: any, transfer: any[]): void;
  terminate(): unknown;
}
