// Choosing and dropping files, and offering files to save.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface DropProps {
  /** The text of the button. */
  readonly label: string;
  /** What may be dropped, such as `or drop pictures here`. */
  readonly hint: string;
  /** As the attribute `accept` of an input. */
  readonly accept: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: File[]) => void;
  readonly children?: ComponentChildren;
}

/** A field for files: a button that opens the dialog of the system, in an area that takes dropped files. */
export function FileDrop({ label, hint, accept, multiple = false, onFiles, children }: DropProps) {
  const [isOver, setOver] = useState(false);
  const take = (list: FileList | null | undefined): void => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same with the keyboard
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <FileButton label={label} accept={accept} multiple={multiple} onFiles={onFiles} />
      <span class="hint">{hint}</span>
      {children}
    </div>
  );
}

/** A button that opens the dialog of the system. */
export function FileButton({ label, accept, multiple = false, onFiles }: Omit<DropProps, 'hint' | 'children'>) {
  return (
    <label class="button">
      {label}
      <input
        type="file"
        class="hidden-input"
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // The same file can be chosen again.
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}

/** Offers bytes as a file to save. */
export function saveAs(name: string, type: string, bytes: BlobPart): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
