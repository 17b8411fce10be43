import type { Suite } from './assert.ts';
import { asyncCodecs } from './async-codecs.ts';
import { bits } from './bits.ts';
import { bounding } from './bounding.ts';
import { checkpoints } from './checkpoints.ts';
import { cleaning } from './cleaning.ts';
import { compressedStreams } from './compressed-streams.ts';
import { compressing } from './compressing.ts';
import { compressingBytes } from './compressing-bytes.ts';
import { corrupting } from './corrupting.ts';
import { detecting } from './detecting.ts';
import { detectorFiles } from './detector-files.ts';
import { diverging } from './diverging.ts';
import { fitting } from './fitting.ts';
import { generating } from './generating.ts';
import { heads } from './heads.ts';
import { interrupting } from './interrupting.ts';
import { layers } from './layers.ts';
import { limits } from './limits.ts';
import { model } from './model.ts';
import { noDecoder } from './no-decoder.ts';
import { normalizing } from './normalizing.ts';
import { normalizingFiles } from './normalizing-files.ts';
import { normalizingRuns } from './normalizing-runs.ts';
import { pictures } from './pictures.ts';
import { quantizing } from './quantizing.ts';
import { ranges } from './ranges.ts';
import { rates } from './rates.ts';
import { recurrent } from './recurrent.ts';
import { resuming } from './resuming.ts';
import { running } from './running.ts';
import { samples } from './samples.ts';
import { saving } from './saving.ts';
import { shortBatches } from './short-batches.ts';
import { sparsity } from './sparsity.ts';
import { specs } from './specs.ts';
import { threads } from './threads.ts';
import { training } from './training.ts';

/** All suites: test bodies that use only the public API. Each runtime has an adapter that runs them. */
export const suites: Readonly<Record<string, Suite>> = {
  model,
  layers,
  recurrent,
  noDecoder,
  normalizing,
  normalizingRuns,
  normalizingFiles,
  training,
  threads,
  samples,
  fitting,
  quantizing,
  ranges,
  running,
  saving,
  limits,
  checkpoints,
  resuming,
  interrupting,
  diverging,
  shortBatches,
  heads,
  corrupting,
  generating,
  sparsity,
  specs,
  rates,
  detecting,
  detectorFiles,
  pictures,
  cleaning,
  bits,
  compressing,
  bounding,
  compressingBytes,
  asyncCodecs,
  compressedStreams,
};
