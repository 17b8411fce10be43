// The examples as radio buttons.
import { SampleTile } from '../../components/sample-tile.tsx';
import { EXAMPLES } from '../../data/dataset.ts';
import { settings } from '../../settings/state.ts';
import { model, started } from '../../training/client.ts';

export function ExampleChoice({ name, label }: { name: 'from' | 'to'; label: string }) {
  const info = model.value;
  const inputs = started.value?.inputs;
  if (!info || !inputs) return null;
  const { shape, form } = info;
  const size = shape.reduce((product, length) => product * length, 1);
  return (
    <div class="choices" role="radiogroup" aria-label={label}>
      <span class="label">{label}</span>
      <div>
        {Array.from({ length: Math.min(EXAMPLES, inputs.length / size) }, (_, i) => (
          <label key={i}>
            <input
              type="radio"
              name={name}
              class="hidden-input"
              checked={settings[name].value === i + 1}
              aria-label={`Example ${i + 1}`}
              onChange={() => {
                settings[name].value = i + 1;
              }}
            />
            <SampleTile values={inputs} index={i} shape={shape} form={form} />
          </label>
        ))}
      </div>
    </div>
  );
}
