/** Draws the power of a house in kilowatts, hour by hour: 400 normal days, then 60 days with four abnormal ones. */
export function drawHouse() {
  let state = 3;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const days = Array.from({ length: 460 }, (_, day) => {
    const wakingHour = day % 7 < 5 ? 7 : 9;
    const [morning, evening] = [0.5 + random(), 1 + random()];
    return Array.from({ length: 24 }, (_, hour) => {
      const peaks = morning * Math.exp(-((hour - wakingHour) ** 2) / 3) + evening * Math.exp(-((hour - 19) ** 2) / 6);
      return 0.2 + peaks + 0.1 * random();
    });
  });
  days[410] = days[410].map((value, hour) => (hour < 6 ? value + 0.8 : value)); // the heating ran all night
  days[422] = days[422].map((value, hour) => (hour > 12 ? 0 : value)); // no power in the afternoon
  days[433] = [...days[433].slice(8), ...days[433].slice(0, 8)]; // the clock is wrong
  days[451] = days[451].map(() => 0.25); // nobody was at home
  return { past: Float32Array.from(days.slice(0, 400).flat()), recent: Float32Array.from(days.slice(400).flat()) };
}
