// One sample as a small picture: pixels, or a line through its values.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Form } from '../training/model.ts';
import { colour, isDark } from './colours.ts';

/** Pixels `[height, width, channels]` in 0..1 as colours. One channel is grey. */
export function imageOf(values: Float32Array, shape: readonly number[], offset = 0): ImageData {
  const [height = 1, width = 1, channels = 1] = shape;
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[offset + pixel * channels + (channels >= 3 ? channel : 0)] ?? 0;
      image.data[4 * pixel + channel] = Math.round(Math.min(1, Math.max(0, value)) * 255);
    }
    image.data[4 * pixel + 3] = 255;
  }
  return image;
}

interface TileProps {
  readonly values: Float32Array | undefined;
  /** The sample of `values`, counted from 0. */
  readonly index?: number;
  readonly shape: readonly number[];
  readonly form: Form;
  /** Text for screen readers. Without it the tile is decoration. */
  readonly label?: string | undefined;
  readonly class?: string;
  /** Samples that are drawn as a faint line below the line of a row or a wave. */
  readonly reference?: Float32Array | undefined;
}

export function SampleTile({ values, index = 0, shape, form, label, class: name = '', reference }: TileProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = isDark.value;
  const [height = 1, width = 1] = form === 'picture' ? shape : [64, 128];
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const size = shape.reduce((product, length) => product * length, 1);
    context.clearRect(0, 0, width, height);
    if (!values) return;
    if (form === 'picture') {
      context.putImageData(imageOf(values, shape, index * size), 0, 0);
      return;
    }
    const sample = values.subarray(index * size, (index + 1) * size);
    const referenceValues = reference?.subarray(index * size, (index + 1) * size);
    const { low, high } = rangeOf(referenceValues ?? sample);
    if (referenceValues) drawLine(context, referenceValues, low, high, colour('faint'));
    drawLine(context, sample, low, high, colour('accent'));
  }, [values, reference, index, shape, form, scheme]);
  const access = label ? ({ role: 'img', 'aria-label': label } as const) : ({ 'aria-hidden': true } as const);
  return <canvas ref={canvas} class={`tile ${form} ${name}`} width={width} height={height} {...access} />;
}

function rangeOf(values: Float32Array): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low || 1) * 0.1;
  return { low: low - margin, high: high + margin };
}

function drawLine(context: CanvasRenderingContext2D, values: Float32Array, low: number, high: number, stroke: string) {
  const { width, height } = context.canvas;
  context.strokeStyle = stroke;
  context.lineWidth = 1.5;
  context.beginPath();
  values.forEach((value, i) => {
    const x = values.length > 1 ? (i / (values.length - 1)) * width : width / 2;
    context.lineTo(x, (1 - (value - low) / (high - low)) * height);
  });
  context.stroke();
}
