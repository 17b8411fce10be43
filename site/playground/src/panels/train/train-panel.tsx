import { used } from '../../training/client.ts';
import { DataFields } from './data-fields.tsx';
import { Examples } from './examples.tsx';
import { ModelFiles } from './files.tsx';
import { LatentMap } from './latent-map.tsx';
import { LossCurve } from './loss-curve.tsx';
import { ModelFields } from './model-fields.tsx';
import { Status } from './status.tsx';
import { TrainingCopies } from './training-copies.tsx';

export function TrainPanel() {
  return (
    <div class="panel">
      <form class="settings" aria-label="Settings of the training" onSubmit={(event) => event.preventDefault()}>
        <DataFields />
        <ModelFields />
      </form>
      <div class="results">
        <Status />
        <Examples />
        <div class="columns">
          <LossCurve />
          <section class="card" aria-labelledby="map-title">
            <header>
              <h2 id="map-title">Latent map</h2>
            </header>
            <LatentMap />
          </section>
        </div>
        <ModelFiles />
        {used.value && <TrainingCopies />}
      </div>
    </div>
  );
}
