// Why a figure of docs/speed.md misses its target, or was not measured: by the name of the figure.

export const reasons: Readonly<Record<string, string>> = {};
