// The loss while the model trains.
import { useComputed } from '@preact/signals';
import type { AlignedData } from 'uplot';
import { Plot } from '../../components/plot.tsx';
import { curve, started, validationCurve } from '../../training/client.ts';

const lines = [
  { label: 'Training', colour: 'accent' },
  { label: 'Validation', colour: 'second' },
];

export function LossCurve() {
  const data = useComputed((): AlignedData => {
    // A validation loss comes in the report that ends its epoch, at the same position.
    const atEpoch = new Map(validationCurve.value.map(({ epochs, loss }) => [epochs, loss]));
    const positions = curve.value.map(({ epochs }) => epochs);
    return [positions, curve.value.map(({ loss }) => loss), positions.map((position) => atEpoch.get(position) ?? null)];
  });
  const last = curve.value.at(-1);
  const text = last
    ? `Loss curve. After ${last.epochs.toFixed(1)} epochs the loss is ${last.loss.toPrecision(3)}.`
    : 'Loss curve, empty.';
  return (
    <section class="card" aria-labelledby="loss-title">
      <header>
        <h2 id="loss-title">Loss</h2>
        <p class="hint">{started.value?.lossName ?? 'Each point is the mean of 0.2 s of training'}</p>
      </header>
      <Plot data={data.value} lines={lines} height={300} label={text} xLabel="Epochs" />
    </section>
  );
}
