export { collectSweep, studyRun, sweepStudy } from './collect.ts';
export { learningCurves } from './learning-curves.ts';
export { renderSweepReport, sweepSummary } from './page.ts';
