/** Draws values between about -1.5 and 3 as a line over the full width of a canvas. */
export function drawLine(canvas: HTMLCanvasElement, values: Float32Array, colour: string, width: number): void {
  const context = canvas.getContext('2d')!;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  values.forEach((value, i) => {
    context.lineTo((i / (values.length - 1)) * canvas.width, (1 - (value + 1.5) / 4.5) * canvas.height);
  });
  context.stroke();
}
