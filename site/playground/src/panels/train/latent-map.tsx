// The map of the codes. A code of two values is a point of the plane, and the page decodes the point under the pointer.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { classColours, colour, isDark } from '../../components/colours.ts';
import { SampleTile } from '../../components/sample-tile.tsx';
import { USER_LABEL } from '../../data/digits.ts';
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
  const image = new ImageData(canvas.width, canvas.height);
  const { data } = image;
  const ink = hasDarkInk ? 0 : 255;
  const level = (index: number): number => Math.min(1, Math.max(0, grid[index]!)) * 255;
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++) {
      const node = Math.floor(y / height) * GRID + Math.floor(x / width);
      const from = ((node * height + (y % height)) * width + (x % width)) * channels;
      const to = 4 * (y * canvas.width + x);
      for (let channel = 0; channel < 3; channel++) data[to + channel] = channels === 1 ? ink : level(from + channel);
      data[to + 3] = OPACITY * (channels === 1 ? level(from) : 255);
    }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

/** Radius of a dot on the map. */
const DOT = 5;

/** A dot with an edge, drawn once for each colour: an arc for each of 400 dots takes ten times as long. */
function dotPicture(fill: string, edge: string): OffscreenCanvas {
  const canvas = new OffscreenCanvas(2 * DOT + 4, 2 * DOT + 4);
  const context = canvas.getContext('2d')!;
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(DOT + 2, DOT + 2, DOT, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
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
    const dots = new Map<number, OffscreenCanvas>();
    for (let i = 0; i < points.length / 2; i++) {
      const label = labels?.[i] ?? -1;
      const fill = label < 0 ? colour('accent') : (classColours[label] ?? colour('ink'));
      const dot = dots.get(label) ?? dotPicture(fill, colour('surface'));
      dots.set(label, dot);
      context.drawImage(dot, toPixel(points[2 * i]!) - DOT - 2, SIDE - toPixel(points[2 * i + 1]!) - DOT - 2);
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
  if (info.canWalk) return 'Move over the map: the decoder turns the point into a sample, also while the model trains.';
  if (info.kind === 'denoising') return 'A denoising model has no code, and therefore no map.';
  return 'Principal components of the codes. With a latent size of 2 the map can be decoded at any point.';
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
          <i style={{ background: classColours[name] ?? 'var(--ink)' }} /> {name === USER_LABEL ? 'yours' : name}
        </li>
      ))}
    </ul>
  );
}
