// The map of the codes. A code of two values is a point of the plane, and the page decodes the point under the pointer.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { classColours, colour, isDark } from '../../components/colours.ts';
import { imageOf, SampleTile } from '../../components/sample-tile.tsx';
import { OWN_LABEL } from '../../data/digits.ts';
import { decodeWalk, map, model, started, walk, walked } from '../../training/client.ts';
import { GRID } from '../../training/protocol.ts';

/** Pixels of the map. */
const SIDE = 560;

/** Opacity of the decoded samples behind the points. */
const OPACITY = 0.5;

/** Draws the decoded samples of the grid as one picture. Grey samples become ink on the ground of the scheme. */
function gridPicture(grid: Float32Array, shape: readonly number[], hasDarkInk: boolean): OffscreenCanvas {
  const [height = 1, width = 1, channels = 1] = shape;
  const canvas = new OffscreenCanvas(GRID * width, GRID * height);
  const context = canvas.getContext('2d')!;
  for (let node = 0; node < GRID * GRID; node++) {
    const image = imageOf(grid, shape, node * width * height * channels);
    const { data } = image;
    for (let i = 0; i < data.length; i += 4) {
      data[i + 3] = channels === 1 ? data[i]! * OPACITY : 255 * OPACITY;
      if (channels === 1) data.fill(hasDarkInk ? 0 : 255, i, i + 3);
    }
    context.putImageData(image, (node % GRID) * width, Math.floor(node / GRID) * height);
  }
  return canvas;
}

export function LatentMap() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<{ grid: Float32Array; isDark: boolean; canvas: OffscreenCanvas } | undefined>(undefined);
  const now = map.value;
  const info = model.value;
  const { x, y } = walk.value;
  const scheme = isDark.value;
  const labels = started.value?.labels;
  const canWalk = info?.canWalk ?? false;
  useLayoutEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.clearRect(0, 0, SIDE, SIDE);
    if (!now || !info) return;
    const { points, grid, range } = now;
    if (grid && info.form === 'picture') {
      const { current } = picture;
      if (current?.grid !== grid || current.isDark !== scheme)
        picture.current = { grid, isDark: scheme, canvas: gridPicture(grid, info.shape, !scheme) };
      context.drawImage(picture.current!.canvas, 0, 0, SIDE, SIDE);
    }
    const toPixel = (value: number): number => ((value / range + 1) / 2) * SIDE;
    const plain = colour('accent');
    for (let i = 0; i < points.length / 2; i++) {
      context.fillStyle = labels ? (classColours[labels[i]!] ?? colour('ink')) : plain;
      context.strokeStyle = colour('surface');
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(toPixel(points[2 * i]!), SIDE - toPixel(points[2 * i + 1]!), 5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    if (canWalk) drawMark(context, toPixel(x), SIDE - toPixel(y));
  }, [now, info, x, y, scheme, labels, canWalk]);

  const move = (nextX: number, nextY: number): void => {
    const range = now?.range ?? 1;
    const clamp = (value: number): number => Math.min(range, Math.max(-range, value));
    walk.value = { x: clamp(nextX), y: clamp(nextY) };
    decodeWalk();
  };
  const onPointer = (event: PointerEvent): void => {
    if (!now || !canWalk) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    move((2 * u - 1) * now.range, (1 - 2 * v) * now.range);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!now || !canWalk) return;
    const step = (now.range / 20) * (event.shiftKey ? 4 : 1);
    if (event.key === 'ArrowLeft') move(x - step, y);
    else if (event.key === 'ArrowRight') move(x + step, y);
    else if (event.key === 'ArrowUp') move(x, y + step);
    else if (event.key === 'ArrowDown') move(x, y - step);
    else if (event.key === 'Home') move(0, 0);
    else return;
    event.preventDefault();
  };
  const mapLabel = now ? `Map of the codes of ${now.points.length / 2} samples` : 'Map of the codes, empty';
  return (
    <div class="map">
      {canWalk ? (
        <div
          class="plane walk"
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
          tabIndex={0}
          aria-label={`${mapLabel}. Arrow keys move the point that is decoded; Shift moves it farther; Home moves it to the middle.`}
          onPointerDown={onPointer}
          onPointerMove={(event) => {
            if (event.pointerType === 'mouse' || event.buttons) onPointer(event);
          }}
          onKeyDown={onKeyDown}
        >
          <canvas ref={canvas} width={SIDE} height={SIDE} />
        </div>
      ) : (
        <div class="plane" role="img" aria-label={mapLabel}>
          <canvas ref={canvas} width={SIDE} height={SIDE} />
        </div>
      )}
      <div class="walked">
        {canWalk && info && (
          <>
            <SampleTile values={walked.value} shape={info.shape} form={info.form} class="large" label="Decoded point" />
            <p class="number" aria-live="polite">
              {x.toFixed(2)}, {y.toFixed(2)}
            </p>
          </>
        )}
        <p class="hint">{hintFor(info)}</p>
        {labels && <Legend labels={labels} />}
      </div>
    </div>
  );
}

function hintFor(info: typeof model.value): string {
  if (!info) return 'Each dot will be the code of one sample.';
  if (info.canWalk) return 'Move over the map: the decoder turns the point into a sample, while the model trains.';
  if (info.kind === 'denoising') return 'A denoising model has no code, and therefore no map.';
  return 'Principal components of the codes. With a latent size of 2 you can walk on the map.';
}

function drawMark(context: CanvasRenderingContext2D, x: number, y: number): void {
  for (const [stroke, width] of [
    [colour('surface'), 6],
    [colour('mark'), 3],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 13, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** The colours of the classes that are on the map. */
function Legend({ labels }: { labels: Uint8Array }) {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  return (
    <ul class="classes" aria-label="Colours of the dots">
      {classes.map((name) => (
        <li key={name}>
          <i style={{ background: classColours[name] ?? 'var(--ink)' }} /> {name === OWN_LABEL ? 'yours' : name}
        </li>
      ))}
    </ul>
  );
}
