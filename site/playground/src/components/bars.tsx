// Horizontal bars with their values.

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as text. */
  readonly text: string;
  readonly isMain?: boolean;
}

export function Bars({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) {
  const longest = Math.max(...bars.map(({ value }) => value), 1e-9);
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label}>
          <span class="bar-label">{bar.label}</span>
          <span class="bar-track">
            <i class={bar.isMain ? 'main' : ''} style={{ width: `${(bar.value / longest) * 100}%` }} />
          </span>
          <span class="number">{bar.text}</span>
        </li>
      ))}
    </ul>
  );
}
