// The URL of the worker's file. The build writes that file to the folder of the file with this code.

import type { Start } from './spawn.ts';

/** In the form that Vite, webpack, Parcel and Turbopack recognise: they copy the file, which imports nothing. */
export const threadUrl = (): URL => new URL('./worker-thread.js', import.meta.url);

/**
 * Ways to start the worker in a page. The second is for pages of another origin and for sandboxed frames, which have no origin: they
 * cannot start a worker from the file, but a worker can import a script of any origin.
 */
export const pageStarts: readonly Start[] = [
  () => new Worker(threadUrl(), { type: 'module' }),
  () => new Worker(URL.createObjectURL(new Blob([`try{importScripts(u="${threadUrl()}")}catch(e){throw u+": "+e}`]))),
];
