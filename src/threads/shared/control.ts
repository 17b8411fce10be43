// The layout of the memory through which threads share jobs: 32-bit words that threads read and write atomically, then the numbers
// of recorded calls. A job has one or more shares. A thread takes a share, runs its calls, and marks it as done.

/** Word: the number of the current job, counted from 1; negative when the threads must stop. Threads sleep on this word. */
export const SEQUENCE = 0;
/** Word: the number of threads that sleep. A cache line of its own. */
export const SLEEPERS = 16;
/** Word: the number of shares of the current job. */
export const SHARES = 32;

/** Words of a share, a cache line each. The words of share i start at (i + FIRST_SHARE) * SHARE_WORDS. */
export const SHARE_WORDS = 16;
export const FIRST_SHARE = 3;
/** The number of the job while the share is free; the negative number once a thread has taken the share. */
export const CLAIM = 0;
/** The number of the job once the share is done; the negative number where its thread failed. */
export const DONE = 1;
/** Calls of the share that are done. */
export const PROGRESS = 2;
/** Index of the first call, and number of calls. */
export const FIRST_CALL = 3;
export const CALLS = 4;

/** Bytes of the words, for up to 64 shares. The numbers of calls start here. */
export const CONTROL_BYTES = 8192;
