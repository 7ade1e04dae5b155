export { collectSweep, studyRun, sweepStudy } from './collect.ts';
export { learningCurves } from './learning-curves.ts';
export { renderSweepReport, type SweepPageOptions, sweepSummary } from './page.ts';
export type { SweepStudy } from './study.ts';
