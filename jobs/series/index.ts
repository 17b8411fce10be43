export type { JobControl } from '../turns.ts';
export { readDetector, writeDetector } from './file.ts';
export { FALSE_ALARMS, findStrange } from './find.ts';
export { seriesOfTable, type TableChoice, type TableSeries } from './from-table.ts';
export { type PlotData, plotSvg } from './plot.ts';
export { windowFor } from './series.ts';
export { textChart } from './text-chart.ts';
export type * from './types.ts';
