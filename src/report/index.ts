export { collectStudy, type StudyInputs } from './collect-study.ts';
export { renderReport } from './page.ts';
export type { Control, Study } from './study.ts';
