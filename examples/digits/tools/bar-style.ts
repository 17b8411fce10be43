/** The appearance of all progress bars. */
export const barStyle = {
  stream: process.stderr,
  hideCursor: true,
  clearOnComplete: true,
  fps: 10,
  etaBuffer: 400,
  barsize: 24,
  barCompleteChar: '█',
  barIncompleteChar: '░',
} as const;
