// New samples, and samples between two examples.
import type { ComponentChildren } from 'preact';
import { NumberField } from '../../components/fields.tsx';
import { SampleTile } from '../../components/sample-tile.tsx';
import { useLatest } from '../../components/use-latest.ts';
import { panel, settings } from '../../settings/state.ts';
import { model, started, version, worker } from '../../training/client.ts';
import type { ModelInfo } from '../../training/protocol.ts';
import { ExampleChoice } from './example-choice.tsx';

/** Samples from one example to the other. */
const STEPS = 10;

export function GeneratePanel() {
  const info = model.value;
  const drawn = useLatest(() => {
    const [count, seed] = [settings.samples.value, settings.sampleSeed.value];
    if (!model.value || version.value < 0) return undefined;
    return () => worker().generate(count, seed);
  });
  const between = useLatest(() => {
    const [from, to] = [settings.from.value, settings.to.value];
    const canStep = model.value && model.value.kind !== 'denoising' && started.value;
    if (!canStep || version.value < 0) return undefined;
    return () => worker().interpolate(from - 1, to - 1, STEPS);
  });
  if (!info) return <Missing title="No model yet">New samples come from a model. Training takes some seconds.</Missing>;
  if (info.kind === 'denoising' || !(info.isVariational || started.value))
    return <Missing title="This model has no codes to draw">Train a variational model to generate samples.</Missing>;
  return (
    <div class="panel">
      <form class="settings" aria-label="Settings of the samples" onSubmit={(event) => event.preventDefault()}>
        <fieldset>
          <legend>New samples</legend>
          <div class="pair">
            <NumberField name="samples" label="Samples" />
            <NumberField name="sampleSeed" label="Seed" />
          </div>
          <button
            type="button"
            onClick={() => {
              settings.sampleSeed.value = (settings.sampleSeed.value + 1) % 2 ** 31;
            }}
          >
            Draw new samples
          </button>
        </fieldset>
        {started.value && (
          <fieldset>
            <legend>Between two examples</legend>
            <ExampleChoice name="from" label="From" />
            <ExampleChoice name="to" label="To" />
          </fieldset>
        )}
      </form>
      <div class="results">
        <Samples title="New samples" values={drawn} info={info} itemLabel="Sample">
          {info.isVariational
            ? 'Codes from the normal distribution of the model, decoded.'
            : 'Codes from a mixture of normal distributions that is fitted to the codes of the data, decoded.'}
        </Samples>
        {between && (
          <Samples
            title={`From example ${settings.from.value} to example ${settings.to.value}`}
            values={between}
            info={info}
            itemLabel="Step"
          >
            Points of the straight line between the two codes, decoded.
          </Samples>
        )}
      </div>
    </div>
  );
}

interface SamplesProps {
  readonly title: string;
  readonly values: Float32Array | undefined;
  readonly info: ModelInfo;
  /** The word for a sample in the names for screen readers. */
  readonly itemLabel: string;
  readonly children: ComponentChildren;
}

function Samples({ title, values, info: { shape, form }, itemLabel, children }: SamplesProps) {
  const size = shape.reduce((product, length) => product * length, 1);
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <p class="hint">{children}</p>
      </header>
      <ol class={`samples ${form}`}>
        {Array.from({ length: (values?.length ?? 0) / size }, (_, i) => (
          <li key={i}>
            <SampleTile values={values} index={i} shape={shape} form={form} label={`${itemLabel} ${i + 1}`} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Missing({ title, children }: { title: string; children: ComponentChildren }) {
  const train = (): void => {
    settings.kind.value = 'variational';
    panel.value = 'train';
  };
  return (
    <section class="card empty">
      <h2>{title}</h2>
      <p>{children}</p>
      <button type="button" class="primary" onClick={train}>
        Train a variational model
      </button>
    </section>
  );
}
