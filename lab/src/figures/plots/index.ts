/** The figures that Observable Plot draws. Loaded when the first of them comes into view. */
export { curvesPlot, ladderPlot, pathPlot, pruningPlot } from './accuracies.ts';
export { contestPlot, logitsPlot, votesPlot } from './answers.ts';
export type { Drawn } from './frame.ts';
export { histogramPlot, phasePlot, type Score, scoresPlot } from './neurons.ts';
export { scanPlot } from './scan.ts';
