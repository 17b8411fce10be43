// The file of the worker, which is built into the folder of the file that has this code.

/** The form of a URL that Vite, webpack, Parcel and Turbopack know: they copy the file, which imports nothing. */
export const threadUrl = (): URL => new URL('./worker-thread.js', import.meta.url);
