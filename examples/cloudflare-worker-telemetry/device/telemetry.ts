// Simulated telemetry of a pump: four channels, a reading an hour, a window a day. The same seed gives the same days.

/** Readings in a window. */
export const LENGTH = 24;

export const profile = {
  period: 3_600_000,
  channels: [
    { name: 'temperature', mean: 60, scale: 8 },
    { name: 'pressure', mean: 4.2, scale: 0.6 },
    { name: 'vibration', mean: 2.5, scale: 0.7 },
    { name: 'current', mean: 11, scale: 2 },
  ],
};

/** Random numbers, uniform in (-1, 1). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // The high bits, because the low bits of a linear congruential generator have short periods.
    return (state >>> 8) / 2 ** 23 - 1;
  };
}

/** Days as (value - mean) / scale of the profile: count × [24, 4]. */
export function draw(count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = uniform(Math.imul(seed, 2654435761) + 12345);
  const noise = (): number => 0.08 * (random() + random());
  const x = new Float32Array(count * LENGTH * 4);
  for (let day = 0, at = 0; day < count; day++) {
    const [load, late, level] = [1 + 0.3 * random(), 1.5 * random(), 0.4 * random()];
    for (let hour = 0; hour < LENGTH; hour++) {
      const wave = load * Math.sin(((hour - 8 - late) * Math.PI) / 12);
      const slow = load * Math.sin(((hour - 10 - late) * Math.PI) / 12);
      for (const value of [slow + level, 0.8 * wave, 0.5 * wave * wave - 0.3, wave - 0.5 * level])
        x[at++] = value + noise();
    }
  }
  return x;
}

/** Faults by name. Each function changes the values of one day. */
export const faults: Readonly<Record<string, (day: Float32Array) => void>> = {
  'a bearing wears': (day) => {
    for (let i = 2; i < day.length; i += 4) day[i]! += 2.5;
  },
  'the pressure sensor sticks': (day) => {
    for (let i = 1 + 4 * 9; i < day.length; i += 4) day[i] = day[1 + 4 * 9]!;
  },
  'one current is wrong': (day) => {
    day[3 + 4 * 15]! += 4;
  },
};
