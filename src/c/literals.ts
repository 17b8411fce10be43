// Numbers as C text. Hexadecimal literals are exact: compilers round decimal ones, and not all of them to the nearest float.

const bits = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(4));

/** A finite float32 as the shortest exact constant, such as `0x3p-4`, `12` or `-0.0`. Its type is int or double. */
export function constantText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0';
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const field = (word >>> 23) & 255;
  let mantissa = (word & 0x7fffff) | (field ? 0x800000 : 0);
  let exponent = Math.max(field, 1) - 150;
  while (mantissa % 2 === 0) {
    mantissa /= 2;
    exponent++;
  }
  const hexadecimal = `${value < 0 ? '-' : ''}0x${mantissa.toString(16)}p${exponent}`;
  const decimal = String(value);
  return Number.isInteger(value) && decimal.length < hexadecimal.length ? decimal : hexadecimal;
}

/** A finite number, rounded to float32, as an expression of type float. */
export function floatText(value: number): string {
  const text = constantText(Math.fround(value));
  return /[.x]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** Items separated by commas, in lines of at most 120 characters. */
export function listText(items: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line.length + item.length > 116) {
      lines.push(line);
      line = '';
    }
    line += `${line && ' '}${item},`;
  }
  return `  ${[...lines, line].join('\n  ')}`;
}
