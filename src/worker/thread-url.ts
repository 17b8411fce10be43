// The file of the worker, which is built into the folder of the file that has this code.

import type { Start } from './spawn.ts';

/** The form of a URL that Vite, webpack, Parcel and Turbopack know: they copy the file, which imports nothing. */
export const threadUrl = (): URL => new URL('./worker-thread.js', import.meta.url);

/**
 * Ways to start it in a page. The second is for pages that may not start it, as they are of another origin, or in a sandboxed
 * frame of none: a worker may load any script.
 */
export const pageStarts: readonly Start[] = [
  () => new Worker(threadUrl(), { type: 'module' }),
  () => new Worker(URL.createObjectURL(new Blob([`try{importScripts(u="${threadUrl()}")}catch(e){throw u+": "+e}`]))),
];
