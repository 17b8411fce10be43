// Saving, loading and exporting the model.
import { FileButton, saveAs } from '../../components/files.tsx';
import { ScrollText } from '../../components/scroll-text.tsx';
import { fileKind, wrongFile } from '../../data/file-kind.ts';
import { attempt } from '../../messages.ts';
import { isBusy, loadFile, model, used, worker } from '../../training/client.ts';

const fileName = (ending: string): string => `${used.value?.kind ?? 'model'}.${ending}`;

const save = (): Promise<void> =>
  attempt(async () => saveAs(fileName('safetensors'), 'application/octet-stream', await worker().save()));

const exportTo = (format: 'onnx' | 'c'): Promise<void> =>
  attempt(async () => saveAs(fileName(format), 'application/octet-stream', await worker().exportTo(format)));

async function load([file]: File[]): Promise<void> {
  await attempt(async () => {
    const kind = await fileKind(file!);
    if (kind !== 'safetensors') throw wrongFile(file!, kind, 'a .safetensors file that isthmus saved');
    await loadFile(file!);
  });
}

export function ModelFiles() {
  const hasModel = model.value !== undefined;
  const disabled = !hasModel;
  return (
    <section class="card" aria-labelledby="files-title">
      <header>
        <h2 id="files-title">Model file</h2>
        <p class="hint">
          {hasModel ? 'The file holds the layers and the weights. Python reads it too.' : 'Train a model, or load one.'}
        </p>
      </header>
      <div class="line">
        <button type="button" disabled={disabled} onClick={save}>
          Save .safetensors
        </button>
        <button type="button" disabled={disabled} onClick={() => exportTo('onnx')}>
          Export .onnx
        </button>
        <button type="button" disabled={disabled} onClick={() => exportTo('c')}>
          Export C source
        </button>
        {!isBusy.value && <FileButton label="Load a model" accept=".safetensors" onFiles={load} />}
      </div>
      {model.value && (
        <details>
          <summary>Layers</summary>
          <ScrollText label="Layers of the model" text={model.value.summary} />
        </details>
      )}
    </section>
  );
}
