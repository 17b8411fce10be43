// The kinds of files that can be compressed.

/** `csv` tables; `bytes` of any other kind. */
export const kinds = ['csv', 'bytes'] as const;
export type Kind = (typeof kinds)[number];
