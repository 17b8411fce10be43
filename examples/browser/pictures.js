// The data of the example pages: drawn pictures of rings and bars.

/** Width and height of a picture, in pixels. */
export const side = 20;

/** Random numbers in [0, 1). The same seed gives the same numbers. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Draws `count` pictures: values 0..1, picture after picture. */
export function drawShapes(count, seed) {
  const values = new Float32Array(count * side * side);
  const next = random(seed);
  for (let i = 0; i < count; i++) {
    const [x, y] = [side * (0.35 + 0.3 * next()), side * (0.35 + 0.3 * next())];
    const [size, turn, ring] = [side * (0.15 + 0.2 * next()), Math.PI * next(), next() < 0.5];
    for (let p = 0; p < side * side; p++) {
      const [dx, dy] = [(p % side) - x, Math.floor(p / side) - y];
      const distance = ring ? Math.hypot(dx, dy) - size : dx * Math.sin(turn) + dy * Math.cos(turn);
      values[i * side * side + p] = Math.exp(-((distance / 1.4) ** 2));
    }
  }
  return values;
}

/** Shows pictures, each in a canvas of its own, inside an element. */
export function showPictures(element, values) {
  const pixels = side * side;
  for (let i = 0; i < values.length / pixels; i++) {
    const canvas = element.children[i] ?? element.appendChild(document.createElement('canvas'));
    canvas.width = side;
    canvas.height = side;
    const context = canvas.getContext('2d');
    const image = context.createImageData(side, side);
    for (let p = 0; p < pixels; p++) {
      const value = 255 * values[i * pixels + p];
      image.data.set([0.15 * value, 0.75 * value, 0.7 * value + 25, 255], 4 * p);
    }
    context.putImageData(image, 0, 0);
  }
}
