// The bounds of the fields as options of the job.
import type { TableBounds } from '../../../../../jobs/table/bounds.ts';
import { settings } from '../../settings/state.ts';

/** The bounds of single columns in a text such as `flow=0.1, pressure=0.02`. Errors: for another text. */
function columnBounds(text: string): Record<string, number> {
  const bounds: Record<string, number> = {};
  for (const part of text.split(',').filter((piece) => piece.trim())) {
    const [, name = '', bound = ''] = /^\s*(.+?)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const value = Number(bound);
    if (!name || bound === '' || !(value >= 0))
      throw new Error(`Bounds of columns read name=number, for example flow=0.1, got "${part.trim()}".`);
    bounds[name] = value;
  }
  return bounds;
}

export function tableBounds(): TableBounds {
  const kind = settings.boundKind.value;
  if (kind === 'lossless') return { lossless: true };
  const single = columnBounds(settings.columnBounds.value);
  const common = kind === 'absolute' ? settings.absoluteBound.value : settings.relativeBound.value;
  const bounds = Object.keys(single).length > 0 ? { '*': common, ...single } : common;
  return kind === 'absolute' ? { maxError: bounds } : { relativeError: bounds };
}
