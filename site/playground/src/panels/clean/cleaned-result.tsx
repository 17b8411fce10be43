// The noisy and the clean photo, with a divider that the pointer or the arrow keys move.
import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { saveAs } from '../../components/files.tsx';
import { shortNumber } from '../../components/numbers.ts';
import type { Cleaned } from '../../jobs/protocol.ts';
import { attempt, note } from '../../messages.ts';

interface ResultProps {
  readonly name: string;
  readonly noisy: ImageData;
  readonly cleaned: Cleaned;
}

const save = (name: string, canvas: HTMLCanvasElement | null): Promise<unknown> =>
  attempt(async () => {
    const blob = await new Promise<Blob | null>((resolve) => canvas!.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('The browser could not write the picture.');
    saveAs(`${name.replace(/\.\w+$/, '')}.clean.png`, 'image/png', blob);
    note('The clean picture was saved as PNG.');
  });

function drawOn(canvas: HTMLCanvasElement | null, image: ImageData): void {
  if (!canvas) return;
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

export function CleanedResult({ name, noisy, cleaned }: ResultProps) {
  const left = useRef<HTMLCanvasElement>(null);
  const right = useRef<HTMLCanvasElement>(null);
  const divider = useSignal(50);
  const id = useId();
  useLayoutEffect(() => drawOn(left.current, noisy), [noisy]);
  useLayoutEffect(() => drawOn(right.current, cleaned.image), [cleaned]);
  const { sigma, seconds, reason } = cleaned;
  const moveTo = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    divider.value = Math.round(Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100)));
  };
  return (
    <section class="card" aria-labelledby="cleaned-title">
      <header>
        <h2 id="cleaned-title">Before and after</h2>
        <p class="hint" role="status">
          {reason
            ? `The photo was not changed: ${reason}.`
            : `Noise of ${shortNumber(sigma ?? 0)} levels removed in ${shortNumber(seconds)} s.`}
        </p>
      </header>
      <div
        class="compare"
        style={{ aspectRatio: `${noisy.width} / ${noisy.height}`, maxWidth: `${noisy.width * 2}px` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          moveTo(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons) moveTo(event);
        }}
      >
        <canvas ref={right} role="img" aria-label="After" />
        <canvas
          ref={left}
          role="img"
          aria-label="Before"
          style={{ clipPath: `inset(0 ${100 - divider.value}% 0 0)` }}
        />
        <i style={{ left: `${divider.value}%` }} />
        <span class="corner">Before</span>
        <span class="corner end">After</span>
      </div>
      <div class="field">
        <label for={id}>Divider</label>
        <input
          id={id}
          type="range"
          min={0}
          max={100}
          value={divider.value}
          aria-valuetext={`${divider.value} percent of the width shows the noisy photo`}
          onInput={(event) => {
            divider.value = Number(event.currentTarget.value);
          }}
        />
      </div>
      <div class="line">
        <button type="button" onClick={() => save(name, right.current)}>
          Save as PNG
        </button>
      </div>
    </section>
  );
}
