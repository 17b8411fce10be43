// The data of the measurements: the pump that the example draws, and the air quality data where they are available.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Codec, Detector } from 'isthmus';
import { draw, profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';
import { models, modelsOf, size } from '../../test/runtimes/cloudflare-models.ts';

export interface Case {
  readonly title: string;
  readonly profile: {
    readonly period: number;
    readonly channels: readonly { name: string; mean: number; scale: number }[];
  };
  readonly codec: Codec;
  readonly detector: Detector;
  /** Windows to post, end to end. */
  readonly x: Float32Array;
  /** Values in a window. */
  readonly size: number;
}

/** The air quality data: 8 sensors by the hour, in windows of a day. -200 stands for a missing reading. */
async function air(folder: string): Promise<Case | undefined> {
  const file = join(folder, 'telemetry/AirQualityUCI.csv');
  if (!existsSync(file)) return undefined;
  const columns = [3, 6, 8, 10, 11, 12, 13, 14];
  const [head, ...lines] = readFileSync(file, 'latin1').split(/\r?\n/);
  const rows = lines
    .map((line) => line.split(';'))
    .filter((cells) => cells[0])
    .map((cells) => columns.map((c) => Number(cells[c]!.replace(',', '.'))).map((v) => (v === -200 ? Number.NaN : v)));
  const channels = columns.map((column, c) => {
    const values = rows.map((row) => row[c]!).filter(Number.isFinite);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const scale = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return { name: head!.split(';')[column]!, mean, scale };
  });
  const values = rows.map((row) => row.map((v, c) => (v - channels[c]!.mean) / channels[c]!.scale));
  const days = Array.from({ length: Math.floor(rows.length / 24) }, (_, d) => values.slice(24 * d, 24 * d + 24).flat());
  const complete = days.filter((day) => day.every(Number.isFinite));
  const concatenate = (windows: readonly number[][]): Float32Array => Float32Array.from(windows.flat());
  const [train, others] = [0, 1].map((part) => concatenate(complete.filter((_, i) => i % 2 === part)));
  const made = await modelsOf([24, 8], train!, others!, 1);
  return {
    title: 'air quality, 8 channels',
    profile: { period: 3_600_000, channels },
    ...made,
    x: concatenate(days),
    size: 192,
  };
}

export async function cases(): Promise<Case[]> {
  const pump = { title: 'pump, 4 channels', profile, ...(await models()), x: draw(400, 70), size };
  const measured = process.env.ISTHMUS_DATA && (await air(process.env.ISTHMUS_DATA));
  return measured ? [pump, measured] : [pump];
}
