// Photos as pixels: a sample, and noise to try the job with.
import type { Picture } from '../../data/pictures.ts';

export function pixelsOf({ bitmap, width, height }: Picture): ImageData {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** Adds normal noise of a deviation in levels to the colours, the same for each call. Changes and returns the pixels. */
export function addNoise(image: ImageData, deviation: number): ImageData {
  if (deviation === 0) return image;
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const { data } = image;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 === 3) continue;
    data[i] = data[i]! + deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return image;
}

/** A landscape: smooth gradients, sharp edges and fine lines show what cleaning keeps. */
export async function samplePicture(): Promise<Picture> {
  const [width, height] = [480, 320];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const sky = context.createLinearGradient(0, 0, 0, 220);
  sky.addColorStop(0, '#3f6fae');
  sky.addColorStop(1, '#f0c9a0');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#fbe6b0';
  context.beginPath();
  context.arc(350, 110, 34, 0, 2 * Math.PI);
  context.fill();
  const ridges = ['#7a83a8', '#56648c', '#35506b', '#20403f'];
  ridges.forEach((fill, layer) => {
    context.fillStyle = fill;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += 2) {
      const wave = Math.sin(x / (70 - 12 * layer) + layer * 2) * (26 - 5 * layer) + Math.sin(x / 13 + layer) * 4;
      context.lineTo(x, 165 + 34 * layer - wave);
    }
    context.lineTo(width, height);
    context.fill();
  });
  context.strokeStyle = '#e9eef0';
  context.lineWidth = 1.5;
  for (let x = 30; x < 180; x += 12) {
    context.beginPath();
    context.moveTo(x, 318);
    context.lineTo(x + 14, 262);
    context.stroke();
  }
  const bitmap = canvas.transferToImageBitmap();
  return { name: 'sample.png', bitmap, width, height, reducedFrom: undefined };
}
