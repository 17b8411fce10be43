// Code and command that train the same model on the same samples.
import { CopiesCard } from '../../components/copies.tsx';
import { saveAs } from '../../components/files.tsx';
import { attempt } from '../../messages.ts';
import { worker } from '../../training/client.ts';

export function TrainingCopies() {
  const save = (): Promise<unknown> =>
    attempt(async () => saveAs('samples.npy', 'application/octet-stream', await worker().data()));
  return (
    <CopiesCard make={async () => worker().copies()} files="Both read samples.npy, the data of this page.">
      <button type="button" onClick={save}>
        Save samples.npy
      </button>
    </CopiesCard>
  );
}
