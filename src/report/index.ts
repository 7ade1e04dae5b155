export { renderReport } from './page.ts';
export type { Study } from './study.ts';
