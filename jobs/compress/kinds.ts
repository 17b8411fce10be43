// The kinds of files that can be compressed.

/** `csv` tables; `npy` arrays, and `npz` archives of them; `wav` recordings; `png` pictures; `raw` numbers without a header; `bytes` of any other kind. */
export const kinds = ['csv', 'npy', 'npz', 'wav', 'png', 'raw', 'bytes'] as const;
export type Kind = (typeof kinds)[number];
