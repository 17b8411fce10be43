// "Copy as code" and "Copy as command" for a panel.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Copies } from '../jobs/protocol.ts';
import { attempt } from '../messages.ts';
import { CopyText } from './copy.tsx';

interface CopiesProps {
  /** Makes the texts for the current settings. */
  readonly make: () => Promise<Copies>;
  /** A sentence about the files that code and command read. */
  readonly files: string;
  readonly children?: ComponentChildren;
}

/** The texts are made when the user asks for them, and again after a change of the settings. */
export function CopiesCard({ make, files, children }: CopiesProps) {
  const copies = useSignal<Copies | undefined>(undefined);
  const show = (): Promise<unknown> =>
    attempt(async () => {
      copies.value = await make();
    });
  const { value } = copies;
  return (
    <section class="card" aria-labelledby="copies-title">
      <header>
        <h2 id="copies-title">Code and command</h2>
        <p class="hint">{files}</p>
      </header>
      <div class="line">
        <button type="button" onClick={show}>
          {value ? 'Update to the current settings' : 'Show code and command'}
        </button>
        {children}
      </div>
      {value && <CopyText title="Command" hint="For a terminal with Node." text={value.command} />}
      {value?.code && <CopyText title="Code" hint="JavaScript for Node." text={value.code} />}
    </section>
  );
}
