// Examples and their reconstructions, in pairs.
import { SampleTile } from '../../components/sample-tile.tsx';
import { EXAMPLES } from '../../data/dataset.ts';
import { model, reconstructions, started } from '../../training/client.ts';

export function Examples() {
  const inputs = started.value?.inputs;
  const info = model.value;
  const shape = info?.shape ?? [28, 28, 1];
  const form = info?.form ?? 'picture';
  const size = shape.reduce((product, length) => product * length, 1);
  const count = inputs ? Math.min(EXAMPLES, inputs.length / size) : EXAMPLES;
  const output = reconstructions.value;
  return (
    <section class="card" aria-labelledby="examples-title">
      <header>
        <h2 id="examples-title">Reconstructions</h2>
        <p class="hint">
          {form === 'picture'
            ? 'Above: the input. Below: the output of the model.'
            : 'Grey: the input. Colour: the output of the model.'}
        </p>
      </header>
      <ol class={`examples ${form}`}>
        {Array.from({ length: count }, (_, i) => (
          <li key={i}>
            {form === 'picture' && (
              <SampleTile values={inputs} index={i} shape={shape} form={form} label={inputs && `Input ${i + 1}`} />
            )}
            <SampleTile
              values={output}
              reference={form === 'picture' ? undefined : inputs}
              index={i}
              shape={shape}
              form={form}
              label={output && `Output ${i + 1}`}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
